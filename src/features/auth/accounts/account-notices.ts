import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import type { Tx } from '../../../platform/database/tx.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { newId } from '../../../shared/ids.js';
import { type Notice, SendNotice, SendTokenMail } from './accounts.jobs.js';
import type { TokenPurpose } from './one-time-token.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

/** Puts mails to account holders on their way, with the change they are about. */
@Injectable()
export class AccountNotices {
  constructor(
    private readonly jobs: Jobs,
    private readonly tokens: OneTimeTokensRepository,
    private readonly clock: Clock,
  ) {}

  /** Has a token made and mailed; nothing happens when the person had many lately. */
  async wantToken(tx: Tx, userId: string, purpose: TokenPurpose, facts: Record<string, string> = {}): Promise<void> {
    const tokenId = await this.tokens.request(tx, { userId, purpose, facts });
    if (tokenId !== undefined) await this.jobs.enqueue(tx, SendTokenMail, { tokenId }, { visible: false });
  }

  /** Costs what `wantToken` costs and sends nothing: how long an answer takes must not tell whether there is such an account. */
  async pretendToWantToken(tx: Tx): Promise<void> {
    await this.tokens.pretend(tx);
    await this.jobs.enqueue(tx, SendTokenMail, { tokenId: newId() }, { visible: false });
  }

  async tell(tx: Tx, userId: string, notice: Notice, more: { to?: string; subject?: string; detail?: string } = {}): Promise<void> {
    const payload = { userId, notice, at: this.clock.now().toISOString(), address: tx.scope.address, ...more };
    await this.jobs.enqueue(tx, SendNotice, payload, { visible: false });
  }
}
