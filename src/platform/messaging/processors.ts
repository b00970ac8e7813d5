import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import { DelayedError, type Job } from 'bullmq';
import { JobRunner } from './job-runner.js';
import type { Delivery } from './queues.js';

/** A worker that died is noticed within half a minute; one that is only busy renews its locks three times as often as needed. */
const WORKER = { autorun: false, lockDuration: 12_000, lockRenewTime: 4_000, stalledInterval: 6_000, maxStalledCount: 20 } as const;

/** Takes deliveries from one queue; what becomes of a job is decided by the runner and written in the jobs table. */
export abstract class QueueProcessor extends WorkerHost {
  constructor(@Inject(JobRunner) private readonly runner: JobRunner) {
    super();
  }

  async process(job: Job<Delivery>, token?: string): Promise<void> {
    const verdict = await this.runner.run(job.data, job.id ?? '');
    if (!verdict) return;
    // eslint-disable-next-line no-restricted-syntax -- the queue goes by the time of the machine, whatever a test's clock says
    await job.moveToDelayed(Date.now() + verdict.againInMs, token);
    throw new DelayedError();
  }
}

@Processor({ name: 'default' }, WORKER)
export class DefaultProcessor extends QueueProcessor {}

@Processor({ name: 'mail' }, WORKER)
export class MailProcessor extends QueueProcessor {}

@Processor({ name: 'imports' }, WORKER)
export class ImportsProcessor extends QueueProcessor {}

@Processor({ name: 'assistant' }, WORKER)
export class AssistantProcessor extends QueueProcessor {}

export const PROCESSORS = [DefaultProcessor, MailProcessor, ImportsProcessor, AssistantProcessor] as const;
