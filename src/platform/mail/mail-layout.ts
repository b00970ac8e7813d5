/** A mail before it has a form: what is said, in order. */
export interface MailContent {
  subject: string;
  greeting: string;
  paragraphs: readonly string[];
  /** A code to type in, shown large. */
  code?: string;
  action?: { label: string; url: string };
  /** What to do when the mail was not expected. */
  reassurance: string;
}

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MAX_SUBJECT = 180;
const MAX_TEXT_COLUMNS = 78;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that may stand anywhere in HTML, attributes in double quotes included. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** One line without control or direction-changing characters: what people call themselves may not shape the mail. */
export function plainLine(text: string, max = 200): string {
  const line = text
    .replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return [...line].length > max ? `${[...line].slice(0, max - 1).join('')}…` : line;
}

/** The address of a link, refused unless it is http or https. */
function linkOf(url: string): string {
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') throw new TypeError('A link in a mail must be http or https');
  return parsed.href;
}

function wrap(paragraph: string): string {
  const lines: string[] = [];
  for (const word of paragraph.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < MAX_TEXT_COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

function renderText(content: MailContent): string {
  const { greeting, paragraphs, code, action, reassurance } = content;
  const blocks = [
    greeting,
    ...paragraphs.map(wrap),
    ...(code ? [`    ${code}`] : []),
    ...(action ? [`${action.label}:\n${linkOf(action.url)}`] : []),
    wrap(reassurance),
    '-- \nConcord',
  ];
  return `${blocks.join('\n\n')}\n`;
}

function paragraph(text: string, style = ''): string {
  return `<p style="margin:0 0 16px;${style}">${escapeHtml(text)}</p>`;
}

function button({ label, url }: { label: string; url: string }): string {
  const href = escapeHtml(linkOf(url));
  const style = `display:inline-block;padding:12px 24px;border-radius:6px;background:#1f4f8f;color:#ffffff;text-decoration:none;font-weight:600`;
  const fallback = `<p style="margin:0 0 16px;font-size:13px;color:#5a6472">Or open this address:<br><a href="${href}" style="color:#1f4f8f;word-break:break-all">${href}</a></p>`;
  return `<p style="margin:24px 0"><a href="${href}" style="${style}">${escapeHtml(label)}</a></p>\n${fallback}`;
}

function codeBlock(code: string): string {
  const style = 'margin:24px 0;padding:16px;border-radius:6px;background:#f1f4f8;font:600 28px/1 ui-monospace,Menlo,Consolas,monospace';
  return `<p style="${style};letter-spacing:6px;text-align:center">${escapeHtml(code)}</p>`;
}

function renderHtml(content: MailContent): string {
  const { subject, greeting, paragraphs, code, action, reassurance } = content;
  const inner = [
    paragraph(greeting),
    ...paragraphs.map((text) => paragraph(text)),
    ...(code ? [codeBlock(code)] : []),
    ...(action ? [button(action)] : []),
    paragraph(reassurance, 'font-size:14px;color:#5a6472'),
  ].join('\n');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px 12px;background:#f1f4f8;${FONT};font-size:16px;line-height:1.5;color:#1c2430">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0"><tr><td align="center">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="max-width:560px;background:#ffffff;border-radius:8px">
<tr><td style="padding:32px">
${inner}
</td></tr></table>
<p style="margin:16px 0 0;font-size:12px;color:#5a6472">Sent by Concord</p>
</td></tr></table>
</body>
</html>
`;
}

/** Gives the content its two forms: plain text, and HTML with inlined styles and nothing loaded from elsewhere. */
export function layOut(content: MailContent): RenderedMail {
  const subject = plainLine(content.subject, MAX_SUBJECT);
  return { subject, text: renderText(content), html: renderHtml({ ...content, subject }) };
}
