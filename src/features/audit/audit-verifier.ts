import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { systemScope, type Scope } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { ChainVerifier, type ChainFault, type FirstBadRow } from './audit-chain-verifier.js';
import type { AuditCheckpoint } from './audit-chain.js';
import { AuditKeys } from './audit-keys.js';
import { AuditVerificationRepository, BEFORE_ALL, type ChainPage } from './audit-verification.repository.js';

const PAGE_ROWS = 500;

/** Whether the trail of one organization is what was sealed; `organizationId` NIL is the platform's own. */
export interface AuditReport {
  readonly organizationId: string;
  readonly ok: boolean;
  /** Rows checked: all of them, or those before the first bad one. */
  readonly rows: number;
  /** Rows whose details were erased on request; they still verify. */
  readonly erased: number;
  /** Rows so young that the sealer has not come to them. */
  readonly unsealed: number;
  readonly firstBad: { readonly seq: number; readonly id: string | null; readonly reason: ChainFault; readonly detail: string } | null;
}

/** Checks audit chains from their first row, page by page in constant memory. */
@Injectable()
export class AuditVerifier {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(AuditVerificationRepository) private readonly chains: AuditVerificationRepository,
    @Inject(AuditKeys) private readonly keys: AuditKeys,
  ) {}

  /** Checks every organization that has a trail, and the platform's own. */
  async verifyAll(): Promise<AuditReport[]> {
    const scope = systemScope('verify-audit');
    const organizationIds = await this.db.asSystem('find the audit chains', scope, (tx) => this.chains.organizations(tx));
    const reports: AuditReport[] = [];
    for (const organizationId of organizationIds) reports.push(await this.verifyOrganization(organizationId));
    return reports;
  }

  /** Checks one organization; `exported` are checkpoints kept elsewhere, which show a tail that was cut with everything about it. */
  async verifyOrganization(organizationId: string, exported: readonly AuditCheckpoint[] = []): Promise<AuditReport> {
    return this.verify(systemScope('verify-audit', organizationId), exported);
  }

  /** Checks the organization of a scope. */
  async verify(scope: Scope, exported: readonly AuditCheckpoint[] = []): Promise<AuditReport> {
    const { organizationId } = scope;
    return this.db.read(scope, async (tx) => {
      const checkpoints = [...exported, ...(await this.chains.checkpoints(tx))];
      const verifier = new ChainVerifier({ organizationId, chainKey: this.keys.chain, checkpointKey: this.keys.checkpoint, checkpoints });
      let page: ChainPage;
      let block: string | null = BEFORE_ALL;
      do {
        page = await this.chains.sealedPage(tx, block, PAGE_ROWS);
        block = page.lastBlock;
      } while (verifier.add(page.rows) && block !== null);
      const { ok, rows, erased, firstBad = await this.stray(tx) } = verifier.finish({ head: page.head });
      const named = firstBad ? { seq: firstBad.seq, id: firstBad.id ?? null, reason: firstBad.reason, detail: firstBad.detail } : null;
      return { organizationId, ok: ok && !firstBad, rows, erased, unsealed: await this.chains.unsealed(tx), firstBad: named };
    });
  }

  private async stray(tx: Tx): Promise<FirstBadRow | undefined> {
    const stray = await this.chains.stray(tx);
    return stray && { ...stray, reason: 'never-sealed', detail: 'This row stands among sealed ones, but the sealer never saw it.' };
  }
}
