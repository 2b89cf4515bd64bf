import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pairFlaw } from '../../src/tls/certificate-file.ts';
import { Scratch } from '../support/scratch.ts';
import { ISSUED } from './issued.ts';
import { BUILD, DAY_MS, pair, World } from './support.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

function spanDays({ notBefore, notAfter }: { notBefore: string; notAfter: string }): number {
  return (Date.parse(notAfter) - Date.parse(notBefore)) / DAY_MS;
}

describe('the certificate', () => {
  test('is made at the first start, valid from the build on, and kept', async () => {
    const world = new World();
    world.utc = { millis: 0, trusted: false };
    const { view } = await world.open(scratch.path);
    expect(view).toMatchObject({ notBefore: BUILD.toISOString(), selfSigned: true });
    expect(spanDays(view)).toBe(820);
    expect((await world.open(scratch.path)).view).toEqual(view);
    expect(statSync(join(scratch.path, 'tls.pem')).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['a clock years on, not trusted', { millis: BUILD.getTime() + 1000 * DAY_MS, trusted: false }, 0, 1820],
    ['a clock that is wrong for sure', { millis: BUILD.getTime() + 99_999 * DAY_MS, trusted: false }, 0, 820],
    ['known time, years on', { millis: BUILD.getTime() + 1000 * DAY_MS, trusted: true }, 999, 1820],
  ])('by %s', async (_what, utc, from, to) => {
    const world = new World();
    world.utc = utc;
    const { view } = await world.open();
    const days = (at: string) => (Date.parse(at) - BUILD.getTime()) / DAY_MS;
    expect([view.notBefore, view.notAfter].map(days)).toEqual([from, to]);
  });

  test('is renewed with its key a month before its end, once the time is known', async () => {
    const world = new World();
    const keeper = await world.open(scratch.path);
    const first = { ...keeper.view, key: keeper.secureOptions.key };
    world.utc = { millis: Date.parse(first.notAfter) - 31 * DAY_MS, trusted: true };
    await keeper.watch();
    expect(keeper.view).toEqual({
      ...first,
      key: undefined,
      fingerprintSha256: keeper.view.fingerprintSha256,
    });
    world.utc = { millis: Date.parse(first.notAfter) - 29 * DAY_MS, trusted: false };
    await keeper.watch();
    expect(keeper.view.fingerprintSha256).toBe(first.fingerprintSha256);
    world.utc = { ...world.utc, trusted: true };
    await keeper.watch();
    expect(keeper.view.fingerprintSha256).not.toBe(first.fingerprintSha256);
    expect(keeper.secureOptions.key).toBe(first.key);
    expect(spanDays(keeper.view)).toBe(821);
    expect((await world.open(scratch.path)).view).toEqual(keeper.view);
    expect(new Set(world.events)).toEqual(new Set(['certificate-expiring cleared']));
  });

  test('uploaded: its end is warned of, it is not replaced', async () => {
    const world = new World();
    const keeper = await world.open();
    expect(await keeper.replace(pair().certificate, pair().key)).toMatchObject({ field: 'key' });
    expect(await keeper.replace(ISSUED.certificate, ISSUED.key)).toBeUndefined();
    expect(keeper.view).toMatchObject({
      subject: 'CN=time.example',
      selfSigned: false,
      names: ['time.example'],
    });
    world.utc = { millis: Date.parse('2026-12-20T00:00:00Z'), trusted: true };
    await keeper.watch();
    world.utc = { millis: Date.parse('2027-01-02T00:00:00Z'), trusted: true };
    await keeper.watch();
    expect(keeper.secureOptions).toMatchObject({ cert: ISSUED.certificate, key: ISSUED.key });
    expect(world.events).toEqual([
      'certificate-expiring: the certificate of CN=time.example expires on 2027-01-01T00:00:00.000Z: upload another',
      'certificate-expiring: the certificate of CN=time.example has expired on 2027-01-01T00:00:00.000Z: upload another',
    ]);
    await keeper.renew();
    await keeper.watch();
    expect(world.events.at(-1)).toBe('certificate-expiring cleared');
  });

  test('damaged in its file: another is made, and it is said', async () => {
    const world = new World();
    await world.open(scratch.path);
    const path = join(scratch.path, 'tls.pem');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 300));
    const { view } = await world.open(scratch.path);
    expect(view.selfSigned).toBe(true);
    expect(world.warnings).toEqual([
      expect.stringMatching(/tls\.pem: its certificate holds no .*: a new certificate is made/),
    ]);
  });

  test('in a file that somebody else has put there is taken over when told', async () => {
    const world = new World();
    const keeper = await world.open(scratch.path);
    const contexts: unknown[] = [];
    const end = keeper.follow({ setSecureContext: ({ cert }) => void contexts.push(cert) });
    const given = pair();
    writeFileSync(join(scratch.path, 'tls.pem'), given.key + given.certificate);
    expect(pairFlaw(readFileSync(join(scratch.path, 'tls.pem')))).toBe('');
    expect(pairFlaw(Buffer.from('x'))).toMatch(/^the certificate of TLS holds no certificate/);
    keeper.reload();
    expect(contexts).toEqual([given.certificate]);
    end();
    await keeper.renew();
    expect(contexts).toHaveLength(1);
  });

  test('that can not be written is not used', async () => {
    const world = new World();
    const keeper = await world.open(scratch.write('a-file', ''));
    expect(world.warnings.at(-1)).toContain('can not be made (EEXIST)');
    const before = keeper.view;
    expect(await keeper.renew()).toContain('can not be made (EEXIST)');
    expect(keeper.view).toEqual(before);
  });
});
