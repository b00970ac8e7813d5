export { DevMailsModule } from './dev-mails.module.js';
