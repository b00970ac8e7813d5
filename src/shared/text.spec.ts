import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  emailDomain,
  emailMatchKey,
  foldText,
  isFreeMailDomain,
  maskEmail,
  normalizeEmail,
  normalizePhone,
  phoneMatchKey,
} from './text.js';

describe('foldText', () => {
  it.each([
    ['  Łódź \t Straße ', 'lodz strasse'],
    ['Søren Ærø', 'soren aero'],
    ['Müller', 'muller'],
    ['Mu\u0308ller', 'muller'],
    ['İstanbul ılık', 'istanbul ilik'],
    ['ﬁn™ ①', 'fintm 1'],
    ['Ёлка', 'елка'],
    ['ΣΊΣΥΦΟΣ', 'σισυφοσ'],
    ['ガ 한국', 'ガ 한국'],
    ['A\u00a0B\u200bC\ufeff', 'a bc'],
    ['', ''],
  ])('%j gives %j', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  it('changes nothing the second time, and forgets case and composition', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const folded = foldText(text);
        expect(foldText(folded)).toBe(folded);
        expect(foldText(text.normalize('NFD'))).toBe(folded);
        expect(folded).not.toMatch(/^\s|\s$|\s\s/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('e-mail addresses', () => {
  it.each([
    [' Ann.Lee+news@GoogleMail.com ', 'ann.lee+news@googlemail.com', 'annlee@gmail.com'],
    ['Ann.Lee+news@Example.org', 'ann.lee+news@example.org', 'ann.lee@example.org'],
    ['+tag@example.org', '+tag@example.org', '+tag@example.org'],
    ['no address', 'no address', 'no address'],
  ])('%j is kept as %j and matched as %j', (email, kept, key) => {
    expect(normalizeEmail(email)).toBe(kept);
    expect(emailMatchKey(email)).toBe(key);
  });

  it.each([
    ['Ann@Example.org', 'example.org', 'A***@example.org'],
    ['"a@b"@example.org', 'example.org', '"***@example.org'],
    ['@example.org', undefined, '***'],
    ['ann@', undefined, '***'],
    ['ann', undefined, '***'],
  ])('%j has the domain %j and is shown as %j', (email, domain, masked) => {
    expect(emailDomain(email)).toBe(domain);
    expect(maskEmail(email)).toBe(masked);
  });

  it('tells mailbox providers from companies', () => {
    expect(isFreeMailDomain('GMAIL.com')).toBe(true);
    expect(isFreeMailDomain('web.de')).toBe(true);
    expect(isFreeMailDomain('example.org')).toBe(false);
  });
});

describe('phone numbers', () => {
  it.each([
    ['+49 (0)30 123456-78', '+493012345678', '012345678'],
    ['0049 30 12345678', '+493012345678', '012345678'],
    ['(030) 123 456 78', '03012345678', '012345678'],
    ['(+49) 30 12345678', '+493012345678', '012345678'],
    ['02 1234 5678 ext. 12', '0212345678', '212345678'],
    ['555-0100 x7', '5550100', '5550100'],
    ['tel: 555 0100;ext=7', '5550100', '5550100'],
    ['１２３４５６', '123456', '123456'],
    ['1234', '1234', undefined],
    ['n/a', '', undefined],
  ])('%j is %j, matched by %j', (phone, normal, key) => {
    expect(normalizePhone(phone)).toBe(normal);
    expect(phoneMatchKey(phone)).toBe(key);
  });
});
