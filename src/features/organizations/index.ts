export { OrganizationsModule } from './organizations.module.js';
export { Memberships, type OwnOrganization } from './members/memberships.js';
export { Invitations, type Acceptance } from './invitations/invitations.js';
export { Organizations, type NewOrganization } from './settings/organizations.js';
export { MemberDirectory, type DirectoryEntry } from './members/member-directory.js';
