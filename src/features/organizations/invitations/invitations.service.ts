import { Injectable } from '@nestjs/common';
import { maskEmail } from '../../../shared/text.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { NotAuthenticated } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { assertPerson } from '../callers.js';
import { InvitationNotValid } from '../organizations.errors.js';
import { PAGE_SIZE } from '../organizations.shapes.js';
import { PageCursors } from '../page-cursors.js';
import { Refusals } from '../refusals.js';
import { Invitations } from './invitations.js';
import { addressOfPerson, type InvitationRow, pageOfInvitations } from './invitations.repository.js';
import type {
  AcceptInvitation,
  CreateInvitation,
  CreateInvitations,
  InvitationAccepted,
  InvitationPreview,
  InvitationResult,
  InvitationResults,
  ListInvitations,
  RefusedInvitation,
} from './invitations.shapes.js';
import { type InviteOne, Inviting } from './inviting.js';

/** Above every id there can be: where the newest page begins. */
const PAST_THE_LAST_ID = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

/** Invitations as their routes offer them. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly db: Database,
    private readonly inviting: Inviting,
    private readonly invitations: Invitations,
    private readonly cursors: PageCursors,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
  ) {}

  invite(scope: Scope, input: CreateInvitation): Promise<InvitationRow> {
    return this.refusals.recorded(scope, { resourceType: 'invitation' }, () =>
      this.db.write(scope, async (tx) => {
        const inviteOne = await this.inviting.prepare(tx, [input.email]);
        return inviteOne(input);
      }),
    );
  }

  /** Invites what can be invited and says of each of the others why not. */
  inviteAll(scope: Scope, { items }: CreateInvitations): Promise<InvitationResults> {
    return this.db.write(scope, async (tx) => {
      const inviteOne = await this.inviting.prepare(
        tx,
        items.map((item) => item.email),
      );
      const results: InvitationResult[] = [];
      for (const [index, item] of items.entries()) results.push(await this.resultOf(tx, inviteOne, item, index));
      const invited = results.filter((result) => result.outcome === 'invited').length;
      return { invited, refused: results.length - invited, results };
    });
  }

  async list(scope: Scope, { cursor, limit = PAGE_SIZE, status }: ListInvitations): Promise<PageOf<InvitationRow>> {
    const list = ['invitations', scope.organizationId, status ?? null];
    const [before = PAST_THE_LAST_ID] = this.cursors.read(cursor, list) ?? [];
    const now = this.clock.now().toISOString();
    const rows = await this.db.read(scope, (tx) => pageOfInvitations(tx, { before, status: status ?? null, limit: limit + 1 }, now));
    return this.cursors.page(rows, limit, list, (row) => [row.id]);
  }

  /** Lets the person who is logged in join, when the invitation is for their own address. */
  accept(scope: Scope, { token }: AcceptInvitation): Promise<InvitationAccepted> {
    assertPerson(scope);
    return this.refusals.recorded(scope, { resourceType: 'invitation' }, () =>
      this.db.write(scope, async (tx) => {
        const { userId } = scope.actor;
        const email = await addressOfPerson(tx, userId);
        if (email === undefined) throw NotAuthenticated({ detail: 'This account is switched off.' });
        const { organizationId } = await this.invitations.acceptFor(tx, { token, userId, email });
        return { organizationId, nextStep: `Call POST /api/v1/auth/switch with organization ${organizationId} to work in it.` };
      }),
    );
  }

  async preview(scope: Scope, token: string): Promise<InvitationPreview> {
    const found = await this.invitations.preview(scope, token);
    if (!found) throw InvitationNotValid({ detail: 'It was used, taken back, replaced by a newer one, or its time is over.' });
    return { ...found, email: maskEmail(found.email) };
  }

  private async resultOf(tx: Tx, inviteOne: InviteOne, item: CreateInvitation, index: number): Promise<InvitationResult> {
    try {
      return { index, email: item.email, outcome: 'invited', invitation: await inviteOne(item), problem: null };
    } catch (error) {
      // A rule said no before any statement failed, so the transaction goes on with the next item.
      if (!(error instanceof Problem) || error.definition.status >= 500) throw error;
      await this.refusals.note(tx, { resourceType: 'invitation' }, error);
      return { index, email: item.email, outcome: 'refused', invitation: null, problem: refusalOf(error) };
    }
  }
}

function refusalOf({ definition, details }: Problem): RefusedInvitation {
  const detail = details.detail ?? details.errors?.map((one) => [one.pointer, one.message].join(' ')).join('; ');
  return { code: definition.code, title: definition.title, ...(detail ? { detail } : {}) };
}
