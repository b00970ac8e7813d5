import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person has done is listed as often as what they are to do; without this it walked the done tasks of the whole organization. */
export class DoneTasks1763700000017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index lead_tasks_done_of_assignee on lead_tasks (organization_id, assignee_id, done_at, id)
      where done_at is not null and deleted_at is null`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
