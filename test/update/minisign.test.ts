/** minisign's formats, against signatures of the program itself. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readSigningKey, signMessage } from '../../image/build/signing.ts';
import { checkSignature, parsePublicKey } from '../../src/update/minisign.ts';
import { Scratch } from '../support/scratch.ts';
import { aKey } from './a-bundle.ts';
import { minisignProgram } from './minisign-program.ts';

const scratch = new Scratch();
afterAll(() => scratch.dispose());

/** Made by minisign 0.11. */
const PUBLIC = `untrusted comment: minisign public key 56353C1533CE3E31
RWQxPs4zFTw1Vi/ZFNgS9/f5lCBA5vyceRXfjWrzrp8NVgCdDUkkQ9/h
`;
const MESSAGE = Buffer.from('hi\n');
const SIGNATURE = `untrusted comment: signature from minisign secret key
RUQxPs4zFTw1VsWIOuobBBNZuqYYiA2GieZqoHlOSCYm1aer2lY4u2I+jbyhHg/uZv2zYQwuXBMlUofsdb/xx411VpJsrkBY4A4=
trusted comment: timestamp:1795285945	file:f	hashed
UzwgY1NDoEnxtSQd7PBeih3j8siiCqPVkojWkQX3CQmU09AFWstQ1sK37sGNu40ZHcUFQ/+5vPiF1iwdD7GOAQ==
`;

function theKey() {
  const key = parsePublicKey(PUBLIC);
  if (!key) throw new Error('no key');
  return key;
}

describe('a signature of minisign', () => {
  test('is good, and names its key', () =>
    expect(checkSignature(MESSAGE, SIGNATURE, [theKey()])).toEqual({
      keyId: '56353C1533CE3E31',
      trustedComment: 'timestamp:1795285945\tfile:f\thashed',
    }));

  test('is good with CR LF', () =>
    expect(checkSignature(MESSAGE, SIGNATURE.replaceAll('\n', '\r\n'), [theKey()])).toBeTypeOf('object'));

  test.each([
    ['the message', 'ho\n', SIGNATURE, /was changed/],
    ['the signature', 'hi\n', SIGNATURE.replace('sWIOuo', 'sWIOup'), /was changed/],
    ['the trusted comment', 'hi\n', SIGNATURE.replace('file:f', 'file:g'), /was changed/],
    ['the second signature', 'hi\n', SIGNATURE.replace('UzwgY1', 'UzwgY2'), /was changed/],
    ['the key', 'hi\n', SIGNATURE.replace('RUQxPs', 'RUQxPt'), /is not trusted here/],
    ['the kind', 'hi\n', SIGNATURE.replace('RUQx', 'RWQx'), /kind that is not used/],
    ['the base64', 'hi\n', SIGNATURE.replace('4A4=', '4A4'), /none of minisign/],
    ['its length', 'hi\n', SIGNATURE.replace('RUQx', ''), /none of minisign/],
    ['all of it', 'hi\n', '', /none of minisign/],
  ])('is refused when %s is another', (_, message, signature, why) =>
    expect(checkSignature(Buffer.from(message), signature, [theKey()])).toMatch(why),
  );

  test('is refused without keys', () =>
    expect(checkSignature(MESSAGE, SIGNATURE, [])).toMatch(/not trusted/));
});

test.each(['', 'x', PUBLIC.replace('RWQx', 'RUQx'), PUBLIC.replace('RWQx', ''), 'x\n\n'])(
  'no key: %#',
  (text) => expect(parsePublicKey(text)).toBeUndefined(),
);

test('a key signs, whoever has its public half checks', () => {
  const key = aKey(scratch);
  const mine = parsePublicKey(key.publicFile);
  const text = signMessage(MESSAGE, 'a comment', key);
  expect(signMessage(MESSAGE, 'a comment', key)).toBe(text);
  expect(checkSignature(MESSAGE, text, mine ? [mine, theKey()] : [])).toEqual({
    keyId: key.id,
    trustedComment: 'a comment',
  });
  expect(aKey(scratch).id).toBe(key.id);
});

describe('a secret key', () => {
  const bytes = () =>
    Buffer.from(
      readFileSync(join(scratch.path, 'key/development.key'), 'utf8').split('\n')[1] ?? '',
      'base64',
    );
  const changed = (change: (key: Buffer) => void) => {
    aKey(scratch);
    const key = bytes();
    change(key);
    return `untrusted comment: x\n${key.toString('base64')}\n`;
  };
  test('is read', () =>
    expect(
      readSigningKey(
        changed(() => {}),
        'k',
      ).id,
    ).toBe(aKey(scratch).id));
  test('encrypted is refused', () =>
    expect(() =>
      readSigningKey(
        changed((key) => key.write('Sc', 2)),
        'k',
      ),
    ).toThrow(/k is encrypted: .*-W/));
  test('damaged is refused', () =>
    expect(() =>
      readSigningKey(
        changed((key) => key.writeUInt8(key.readUInt8(70) ^ 1, 70)),
        'k',
      ),
    ).toThrow(/damaged/));
  test('none is refused', () => expect(() => readSigningKey(PUBLIC, 'k')).toThrow(/no secret key/));
});

const program = minisignProgram();
describe.skipIf(program === undefined)('with the program minisign', () => {
  const at = (name: string) => join(scratch.path, name);
  const minisign = (...args: string[]) =>
    execFileSync(program ?? '', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  test('its key signs here, its key is read here', () => {
    minisign('-G', '-W', '-p', at('p.pub'), '-s', at('s.key'));
    const key = readSigningKey(readFileSync(at('s.key'), 'utf8'), at('s.key'));
    expect(key.publicFile).toBe(readFileSync(at('p.pub'), 'utf8'));
    scratch.write('m', 'a message');
    scratch.write('m.minisig', signMessage(Buffer.from('a message'), 'of ours', key));
    expect(minisign('-Vm', at('m'), '-p', at('p.pub'))).toMatch(/Trusted comment: of ours/);
    scratch.write('m', 'a massage');
    expect(() => minisign('-Vm', at('m'), '-p', at('p.pub'))).toThrow(/Signature verification failed/);
  });

  test('a key that the build has made signs there', () => {
    const key = aKey(scratch);
    scratch.write('d', 'another message');
    minisign('-S', '-W', '-s', at('key/development.key'), '-m', at('d'), '-t', 'theirs');
    const mine = parsePublicKey(key.publicFile);
    const signature = readFileSync(at('d.minisig'), 'utf8');
    expect(checkSignature(Buffer.from('another message'), signature, mine ? [mine] : [])).toEqual({
      keyId: key.id,
      trustedComment: 'theirs',
    });
  });
});
