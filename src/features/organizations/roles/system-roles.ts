import type { SystemRole } from '../../../platform/access/permissions.js';

/** What people read about the roles every organization has. */
export const SYSTEM_ROLE_TEXTS: Readonly<Record<SystemRole, { readonly name: string; readonly description: string }>> = {
  owner: { name: 'Owner', description: 'May do everything, hand the organization over and switch it off.' },
  admin: { name: 'Administrator', description: 'Runs the organization: settings, members, roles, invitations and all its content.' },
  manager: { name: 'Manager', description: 'Leads the daily work, with deleting, importing and exporting.' },
  finance: { name: 'Finance', description: 'Reads everything, exports, and reads the audit trail.' },
  approver: { name: 'Approver', description: 'Reads and decides on what others hand in.' },
  member: { name: 'Member', description: 'Does the daily work.' },
  viewer: { name: 'Viewer', description: 'Reads and changes nothing.' },
  external: { name: 'External', description: 'Somebody from outside, who sees only what is shared with them.' },
};
