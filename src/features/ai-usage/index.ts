export { AiUsageModule } from './ai-usage.module.js';
