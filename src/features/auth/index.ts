export { Accounts, type NewAccount, type NewPlatformAdmin } from './accounts/accounts.js';
export { AuthModule } from './auth.module.js';
export { SigningKeys } from './signing-keys/key-rotation.js';
