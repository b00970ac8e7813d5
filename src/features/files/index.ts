export { Files, type FileFacts } from './files.js';
export { FilesModule } from './files.module.js';
