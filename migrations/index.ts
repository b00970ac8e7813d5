import { Platform1763700000001 } from './0001-platform.js';
import { Identity1763700000002 } from './0002-identity.js';
import { Organizations1763700000003 } from './0003-organizations.js';
import { Audit1763700000004 } from './0004-audit.js';
import { Messaging1763700000005 } from './0005-messaging.js';
import { Files1763700000006 } from './0006-files.js';
import { Crm1763700000007 } from './0007-crm.js';
import { Imports1763700000008 } from './0008-imports.js';
import { AuditSeals1763700000009 } from './0009-audit-seals.js';
import { Ai1763700000010 } from './0010-ai.js';
import { Vectors1763700000011 } from './0011-vectors.js';
import { Assistant1763700000012 } from './0012-assistant.js';
import { Pipelines1763700000013 } from './0013-pipelines.js';
import { Records1763700000014 } from './0014-records.js';
import { DuplicatesScoring1763700000015 } from './0015-duplicates-scoring.js';
import { Webhooks1763700000016 } from './0016-webhooks.js';
import { DoneTasks1763700000017 } from './0017-done-tasks.js';

/** Every migration in the order it runs; named here by hand, so that a file alone changes nothing. */
export const MIGRATIONS = [
  Platform1763700000001,
  Identity1763700000002,
  Organizations1763700000003,
  Audit1763700000004,
  Messaging1763700000005,
  Files1763700000006,
  Crm1763700000007,
  Imports1763700000008,
  AuditSeals1763700000009,
  Ai1763700000010,
  Vectors1763700000011,
  Assistant1763700000012,
  Pipelines1763700000013,
  Records1763700000014,
  DuplicatesScoring1763700000015,
  Webhooks1763700000016,
  DoneTasks1763700000017,
];
