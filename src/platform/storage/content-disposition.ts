/** A `Content-Disposition` of RFC 6266 whose file name is safe in a header and on every file system. */
export function contentDisposition(filename: string, inline: boolean): string {
  const safe = filename
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\\/:*?"<>|]+/gu, '_')
    .replaceAll(/^[.\s]+|[.\s]+$/g, '');
  const name = [...safe].slice(0, 150).join('') || 'file';
  const ascii = name.replaceAll(/[^\x20-\x7e]|[%;]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${inline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
