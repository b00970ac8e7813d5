import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { addressOfHost, isLoopbackAddress, isPublicAddress } from './public-address.js';

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450:4003:80f::200e'])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['this network', '0.0.0.0'],
    ['loopback', '127.0.0.1'],
    ['loopback, all of it', '127.8.9.1'],
    ['private 10', '10.1.2.3'],
    ['private 172', '172.31.255.255'],
    ['private 192', '192.168.0.1'],
    ['link-local, metadata', '169.254.169.254'],
    ['carrier-grade NAT, metadata', '100.100.100.200'],
    ['metadata at a public number', '168.63.129.16'],
    ['protocol assignments, metadata', '192.0.0.192'],
    ['documentation', '192.0.2.1'],
    ['benchmarks', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['6to4 relays', '192.88.99.1'],
    ['unspecified', '::'],
    ['loopback 6', '::1'],
    ['unique local', 'fd00:ec2::254'],
    ['link-local 6', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast 6', 'ff02::1'],
    ['mapped private', '::ffff:10.0.0.1'],
    ['mapped public, as a gateway decides where it ends', '::ffff:8.8.8.8'],
    ['compatible', '::10.0.0.1'],
    ['NAT64', '64:ff9b::a00:1'],
    ['local NAT64', '64:ff9b:1::1'],
    ['6to4', '2002:a00:1::'],
    ['Teredo', '2001::1'],
    ['documentation 6', '2001:db8::1'],
    ['discard', '100::1'],
    ['not yet given to anybody', '4000::1'],
    ['no address', 'example.com'],
    ['nothing', ''],
  ])('refuses %s', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('refuses every address of the private ranges, however it is written', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const inner = fc.oneof(
      fc.tuple(fc.constant(10), byte, byte, byte),
      fc.tuple(fc.constant(127), byte, byte, byte),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
    );
    fc.assert(
      fc.property(inner, ([a, b, c, d]) => {
        const hex = (high: number, low: number): string => (high * 256 + low).toString(16);
        const forms = [
          `${a}.${b}.${c}.${d}`,
          `::ffff:${a}.${b}.${c}.${d}`,
          `::ffff:${hex(a, b)}:${hex(c, d)}`,
          `2002:${hex(a, b)}:${hex(c, d)}::1`,
          `64:ff9b::${hex(a, b)}:${hex(c, d)}`,
        ];
        // As a URL brings it: decimal, octal and hexadecimal hosts are turned into the dotted form by the parser.
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        for (const host of [String(number), `0x${number.toString(16)}`, `0${a.toString(8)}.${b}.${c}.${d}`])
          forms.push(new URL(`http://${host}/`).hostname);
        return forms.every((form) => !isPublicAddress(form));
      }),
    );
  });
});

describe('isLoopbackAddress', () => {
  it('knows this machine in every form', () => {
    for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) expect(isLoopbackAddress(address)).toBe(true);
    for (const address of ['10.0.0.1', '::2', '8.8.8.8', 'localhost', '']) expect(isLoopbackAddress(address)).toBe(false);
  });
});

describe('addressOfHost', () => {
  it('takes off brackets, and gives nothing for names', () => {
    expect(addressOfHost('[2606:4700::1]')).toBe('2606:4700::1');
    expect(addressOfHost('8.8.8.8')).toBe('8.8.8.8');
    expect(addressOfHost('example.com')).toBeUndefined();
  });
});
