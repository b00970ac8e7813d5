/** A kind of file people may store. */
export interface AcceptedType {
  extension: string;
  mime: string;
  /** A browser may show it under our address: it cannot run anything. */
  inlineSafe: boolean;
  /** Found by magic bytes, inside of a ZIP, or only by being readable text. */
  found: 'magic' | 'zip' | 'text';
  /** Other endings that mean the same. */
  aliases?: readonly string[];
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** Everything that may be uploaded; what is not here is refused. HTML and SVG are missing on purpose: they can run scripts. */
export const ACCEPTED_TYPES: readonly AcceptedType[] = [
  { extension: 'pdf', mime: 'application/pdf', inlineSafe: true, found: 'magic' },
  { extension: 'png', mime: 'image/png', inlineSafe: true, found: 'magic' },
  { extension: 'jpg', mime: 'image/jpeg', inlineSafe: true, found: 'magic', aliases: ['jpeg'] },
  { extension: 'gif', mime: 'image/gif', inlineSafe: true, found: 'magic' },
  { extension: 'webp', mime: 'image/webp', inlineSafe: true, found: 'magic' },
  { extension: 'tif', mime: 'image/tiff', inlineSafe: false, found: 'magic', aliases: ['tiff'] },
  { extension: 'heic', mime: 'image/heic', inlineSafe: false, found: 'magic' },
  { extension: 'mp3', mime: 'audio/mpeg', inlineSafe: true, found: 'magic' },
  { extension: 'wav', mime: 'audio/wav', inlineSafe: true, found: 'magic' },
  { extension: 'm4a', mime: 'audio/x-m4a', inlineSafe: true, found: 'magic' },
  { extension: 'ogg', mime: 'audio/ogg', inlineSafe: true, found: 'magic', aliases: ['oga', 'opus'] },
  { extension: 'flac', mime: 'audio/flac', inlineSafe: true, found: 'magic' },
  { extension: 'mp4', mime: 'video/mp4', inlineSafe: true, found: 'magic' },
  { extension: 'webm', mime: 'video/webm', inlineSafe: true, found: 'magic' },
  { extension: 'rtf', mime: 'application/rtf', inlineSafe: false, found: 'magic' },
  { extension: 'docx', mime: `${OFFICE}.wordprocessingml.document`, inlineSafe: false, found: 'zip' },
  { extension: 'xlsx', mime: `${OFFICE}.spreadsheetml.sheet`, inlineSafe: false, found: 'zip' },
  { extension: 'pptx', mime: `${OFFICE}.presentationml.presentation`, inlineSafe: false, found: 'zip' },
  { extension: 'odt', mime: 'application/vnd.oasis.opendocument.text', inlineSafe: false, found: 'zip' },
  { extension: 'ods', mime: 'application/vnd.oasis.opendocument.spreadsheet', inlineSafe: false, found: 'zip' },
  { extension: 'epub', mime: 'application/epub+zip', inlineSafe: false, found: 'zip' },
  { extension: 'txt', mime: 'text/plain', inlineSafe: true, found: 'text', aliases: ['text', 'log'] },
  { extension: 'md', mime: 'text/markdown', inlineSafe: false, found: 'text', aliases: ['markdown'] },
  { extension: 'csv', mime: 'text/csv', inlineSafe: false, found: 'text' },
  { extension: 'tsv', mime: 'text/tab-separated-values', inlineSafe: false, found: 'text' },
  { extension: 'json', mime: 'application/json', inlineSafe: false, found: 'text' },
  { extension: 'ndjson', mime: 'application/x-ndjson', inlineSafe: false, found: 'text', aliases: ['jsonl'] },
  { extension: 'ics', mime: 'text/calendar', inlineSafe: false, found: 'text' },
  { extension: 'vcf', mime: 'text/vcard', inlineSafe: false, found: 'text' },
];

const BY_EXTENSION = new Map(ACCEPTED_TYPES.flatMap((type) => [type.extension, ...(type.aliases ?? [])].map((name) => [name, type])));

/** The accepted type of an ending such as `pdf`, without the dot. */
export function acceptedType(extension: string): AcceptedType | undefined {
  return BY_EXTENSION.get(extension.toLowerCase());
}

/** The ending of a file name in lower case, or an empty text. */
export function extensionOf(filename: string): string {
  return /\.([A-Za-z0-9]{1,12})$/.exec(filename.trim())?.[1]?.toLowerCase() ?? '';
}
