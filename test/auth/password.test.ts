import { scryptSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { nameFlaw, passwordFlaw } from '../../src/auth/credential-rules.ts';
import { PasswordHasher } from '../../src/auth/password.ts';
import { CHEAP } from './support.ts';

describe('hashes', () => {
  const hasher = new PasswordHasher(CHEAP);

  test('verify the password they were made of, and no other', async () => {
    const hash = await hasher.hash('correct horse battery');
    expect(await hasher.verify('correct horse battery', hash)).toBe(true);
    expect(await hasher.verify('correct horse batterY', hash)).toBe(false);
    expect(await hasher.verify('', hash)).toBe(false);
  });

  test('have a salt of their own', async () => {
    expect(await hasher.hash('the same words')).not.toBe(await hasher.hash('the same words'));
  });

  test('are scrypt as RFC 7914 has it', async () => {
    // RFC 7914 §12, third vector: N = 16384, r = 8, p = 1.
    const salt = Buffer.from('SodiumChloride').toString('base64').replace(/=+$/, '');
    const hash =
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887';
    const stored = `$scrypt$ln=14,r=8,p=1$${salt}$${Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '')}`;
    expect(await hasher.verify('pleaseletmein', stored)).toBe(true);
  });

  test('cost what they say by default', async () => {
    const hash = (await new PasswordHasher().hash('correct horse battery')) ?? '';
    const [, salt = '', key = ''] = /^\$scrypt\$ln=15,r=8,p=3\$([^$]+)\$([^$]+)$/.exec(hash) ?? [];
    const options = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 };
    const expected = scryptSync('correct horse battery', Buffer.from(salt, 'base64'), 32, options);
    expect(Buffer.from(key, 'base64').equals(expected)).toBe(true);
  });

  test('letters that only differ in how they are written are the same', async () => {
    const hash = await hasher.hash('Zu\u0308rich ist gro\u00df');
    expect(await hasher.verify('Z\u00fcrich ist gro\u00df', hash)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['another kind', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g'],
    ['more memory than there is', `$scrypt$ln=20,r=32,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`],
    ['no cost at all', `$scrypt$ln=0,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`],
  ])('of %s match nothing', async (_what, stored) => {
    expect(await hasher.verify('correct horse battery', stored)).toBe(false);
  });

  test('a crowd is turned away instead of kept waiting', async () => {
    const busy = new PasswordHasher(CHEAP);
    const answers = await Promise.all(Array.from({ length: 40 }, () => busy.verify('x', undefined)));
    expect(answers.filter((answer) => answer === false)).toHaveLength(16);
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(24);
    expect(await busy.verify('x', undefined)).toBe(false);
  });
});

describe('which passwords are taken', () => {
  test.each([
    'correct horse battery',
    'nR4!vq-Zw9pL',
    'Straße nach Süden',
    '🔒🔑🗝🛡📡🛰⏱🧭🔭📈⚙🔧',
    'x'.padEnd(128, 'yzabc'),
  ])('%s', (password) => {
    expect(passwordFlaw(password, 'ada')).toBe('');
  });

  test.each([
    ['short', 'is too short: use 12 characters or more, for instance four words'],
    ['eleven char', 'is too short: use 12 characters or more, for instance four words'],
    ['x'.padEnd(129, 'yzabc'), 'is too long: use 128 characters or fewer'],
    ['aaaaaaaaaaaaaa', 'repeats a few characters: use more different ones'],
    ['123456789012', 'is a row of neighbouring characters: use something that is not'],
    ['abcdefghijklmnop', 'is a row of neighbouring characters: use something that is not'],
    ['Password1234!', 'is one of the first that attackers try: use something else'],
    ['P4$$w0rd-2026', 'is one of the first that attackers try: use something else'],
    ['timeball-admin-1', 'is one of the first that attackers try: use something else'],
    ['Lovelace-2026!', 'is one of the first that attackers try: use something else'],
  ])('not %s', (password, flaw) => {
    expect(passwordFlaw(password, 'lovelace')).toBe(flaw);
  });
});

describe('which names are taken', () => {
  test.each(['ada', 'Ada.Lovelace', 'a', 'site-7_ops'])('%s', (name) => expect(nameFlaw(name)).toBe(''));
  test.each(['', '7up', 'a b', 'ä', 'x'.repeat(33), '../etc', 'Demo', 'console', 'a\n'])('not %j', (name) =>
    expect(nameFlaw(name)).not.toBe(''),
  );
});
