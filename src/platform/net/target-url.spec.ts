import { describe, expect, it } from '@jest/globals';
import { targetUrlFault } from './target-url.js';

const fault = (url: string): string | undefined => targetUrlFault(url, { allowLoopback: false });
const local = (url: string): string | undefined => targetUrlFault(url, { allowLoopback: true });

describe('targetUrlFault', () => {
  it.each(['https://hooks.example.com/in', 'https://example.com:8443/a?b=c', 'https://8.8.8.8/x', 'https://[2606:4700::1111]/'])(
    'takes %s',
    (url) => {
      expect(fault(url)).toBeUndefined();
      expect(local(url)).toBeUndefined();
    },
  );

  it.each([
    ['no URL', 'hooks.example.com', 'must be a URL'],
    ['too long', `https://example.com/${'x'.repeat(2_000)}`, 'at most 2000'],
    ['too long in bytes', `https://example.com/${'語'.repeat(900)}`, 'at most 2000'],
    ['a name no name server knows', `https://${'a.'.repeat(130)}example.com/`, 'at most 253'],
    ['plain http', 'http://example.com/', 'https://'],
    ['another scheme', 'ftp://example.com/', 'https://'],
    ['a file', 'file:///etc/passwd', 'https://'],
    ['a user', 'https://me:secret@example.com/', 'user name or password'],
    ['a fragment', 'https://example.com/#x', 'fragment'],
    ['loopback', 'https://127.0.0.1/', 'private or reserved'],
    ['a decimal host', 'https://2130706433/', 'private or reserved'],
    ['an octal host', 'https://0177.0.0.1/', 'private or reserved'],
    ['a hexadecimal host', 'https://0x7f000001/', 'private or reserved'],
    ['a short host', 'https://127.1/', 'private or reserved'],
    ['wide digits', 'https://①②⑦.⓪.⓪.①/', 'private or reserved'],
    ['loopback 6', 'https://[::1]/', 'private or reserved'],
    ['mapped', 'https://[::ffff:10.0.0.1]/', 'private or reserved'],
    ['metadata', 'https://169.254.169.254/latest/meta-data/', 'private or reserved'],
    ['localhost', 'https://localhost/', 'public internet'],
    ['localhost with a dot', 'https://localhost./', 'public internet'],
    ['below localhost', 'https://a.localhost/', 'public internet'],
    ['a bare name', 'https://intranet/', 'public internet'],
    ['an inner name', 'https://metadata.google.internal/', 'public internet'],
    ['a mail port', 'https://example.com:25/', 'port 25'],
    ['a database port', 'https://example.com:5432/', 'port 5432'],
  ])('refuses %s', (_, url, why) => {
    expect(fault(url)).toContain(why);
  });

  it('takes this machine only where that is allowed, and still nothing else that is private', () => {
    for (const url of ['http://127.0.0.1:9/in', 'http://localhost:3000/', 'http://[::1]:3000/', 'http://2130706433:3000/']) {
      expect(local(url)).toBeUndefined();
      expect(fault(url)).toBeDefined();
    }
    for (const url of ['http://10.0.0.1/', 'https://10.0.0.1/', 'http://example.com/', 'https://192.168.1.1/', 'http://me:x@localhost/'])
      expect(local(url)).toBeDefined();
  });
});
