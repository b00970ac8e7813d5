import '@fastify/multipart';
import type { Readable } from 'node:stream';
import { UnsupportedMediaType, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import type { ConcordRequest } from '../../../platform/http/request-state.js';
import { UploadIncomplete } from '../files.errors.js';

/** A file on its way to us. */
export interface IncomingFile {
  readonly name: string;
  readonly stream: Readable;
}

/** The file of a multipart request; its content has not been read yet. The length is limited where it is stored, not here. */
export async function incomingFile(request: ConcordRequest): Promise<IncomingFile> {
  if (!request.isMultipart()) throw UnsupportedMediaType({ detail: 'Send multipart/form-data with one part "file".' });
  const part = await request.file({ limits: { fileSize: Number.MAX_SAFE_INTEGER }, throwFileSizeLimit: false }).catch((cause: unknown) => {
    throw UploadIncomplete({ detail: 'The multipart body could not be read.', cause });
  });
  if (part === undefined) throw ValidationFailed({ errors: [{ pointer: '/file', code: 'required', message: 'is required' }] });
  if (part.fieldname !== 'file') {
    part.file.resume();
    throw ValidationFailed({
      errors: [{ pointer: '/file', code: 'required', message: 'the part with the content must be called "file"', validOptions: ['file'] }],
    });
  }
  part.file.once('close', () => {
    // What is still on its way after a refusal is let through to nowhere: a caller that is still sending would not see the answer.
    if (!part.file.readableEnded) request.raw.resume();
  });
  return { name: part.filename, stream: part.file };
}
