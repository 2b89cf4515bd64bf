/** Bundles come in whole, checked and on the disk, or not at all; in bounded memory. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collectGarbage } from '../support/garbage.ts';
import { until } from '../support/until.ts';
import { type Answer, UpdateWorld } from './update-world.ts';

let world: UpdateWorld;
beforeEach(() => {
  world = new UpdateWorld();
});
afterEach(() => world.close());

const folder = () => join(world.state, 'update');
const files = () => (existsSync(folder()) ? readdirSync(folder()) : []);
const coming = () =>
  until('upload that has begun', async () => ((await world.side.view()).uploading ? true : undefined));

/** Without saying how many it will be. */
async function sendMegabytes(count: number, onSent: (bytes: number) => void = () => {}): Promise<Answer> {
  const { answer, request } = world.beginPut();
  const chunk = Buffer.alloc(1_000_000);
  let answered = false;
  const over = () => {
    answered = true;
  };
  answer.then(over, over);
  for (let i = 0; i < count && !answered; i++) {
    onSent(chunk.length);
    // Once there is an answer nothing drains any more.
    if (!request.write(chunk)) await Promise.race([once(request, 'drain'), answer]);
  }
  if (!answered) request.end();
  return answer.finally(() => request.destroy());
}

describe('a bundle', () => {
  test('that is good is kept and shown, and is on record', async () => {
    await world.open();
    const file = await world.maker.make('0.2.0');
    const bytes = readFileSync(file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { keyId: signedBy } = world.maker;
    const summary = { version: '0.2.0', buildDate: '2027-01-31', size: bytes.length, signedBy, newer: true };
    expect(await world.put(file)).toEqual({ status: 200, body: { ...summary, sha256 } });
    expect(files()).toEqual(['bundle']);
    expect(readFileSync(join(folder(), 'bundle')).equals(bytes)).toBe(true);
    expect(statSync(join(folder(), 'bundle')).mode & 0o777).toBe(0o600);
    const { body } = await world.ask('GET', '');
    expect(body).toMatchObject({
      version: '0.1.0',
      can: { upload: true, install: true },
      reason: '',
      uploading: false,
      bundle: { size: bytes.length, summary, refusal: '' },
    });
    const { items } = await world.records.side.audit.list({ limit: 10, offset: 0 });
    expect(items).toMatchObject([
      {
        actor: { name: 'ann' },
        action: 'update.upload',
        after: { size: bytes.length, sha256, version: '0.2.0', signedBy },
      },
    ]);
  });

  test('that was changed is refused and leaves nothing; what lay before stays', async () => {
    await world.open();
    const forged = await world.maker.forge('0.3.0');
    expect(await world.put(forged)).toMatchObject({
      status: 422,
      body: { detail: `its signature by key ${world.maker.keyId} is wrong: it was changed` },
    });
    expect(files()).toEqual([]);
    await world.put(await world.maker.make('0.2.0'));
    expect((await world.put(await world.maker.forge('0.3.0'))).status).toBe(422);
    expect(files()).toEqual(['bundle']);
    expect((await world.side.view()).bundle?.summary?.version).toBe('0.2.0');
    expect(world.events('update-refused')).toHaveLength(2);
    const { items } = await world.records.side.audit.list({ limit: 1, offset: 0 });
    expect(items).toMatchObject([{ action: 'update.upload', after: { refused: /wrong/ } }]);
  });

  test('is removed, once', async () => {
    await world.open();
    await world.put(await world.maker.make('0.2.0'));
    expect((await world.ask('DELETE', '/bundle')).status).toBe(204);
    expect(files()).toEqual([]);
    expect((await world.ask('DELETE', '/bundle')).status).toBe(404);
  });

  test('is not taken where there is no key, or nothing is sent', async () => {
    await world.open({ keys: join(world.scratch.path, 'nowhere') });
    const file = await world.maker.make('0.2.0');
    expect(await world.put(file)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('no key to check updates by') },
    });
    expect((await world.side.view()).can).toEqual({ upload: false, install: false });
    expect(files()).toEqual([]);
    const { answer, request } = world.begin('PUT', '/bundle', {});
    request.end();
    expect((await answer).status).toBe(400);
  });
});

describe('what is too much', () => {
  test('is refused by its declared size before it is sent', async () => {
    await world.open();
    const { answer, request } = world.beginPut(4_000_001);
    request.write('x');
    expect(await answer).toMatchObject({ status: 413, body: { detail: expect.stringContaining('4 MB') } });
    expect(files()).toEqual([]);
    request.destroy();
  });

  test('is refused when it has come, and memory stays bounded', async () => {
    const looks: number[] = [];
    const freeBytes = async () => {
      collectGarbage();
      looks.push(process.memoryUsage().arrayBuffers);
      return undefined;
    };
    world.limits = { largest: 96_000_000, freeBytes, idleMs: 30_000 };
    await world.open();
    expect((await sendMegabytes(100)).status).toBe(413);
    expect(files()).toEqual([]);
    expect(looks.length).toBeGreaterThan(8);
    expect(Math.max(...looks) - Math.min(...looks)).toBeLessThan(32_000_000);
  });

  test('for the disk is refused: before, and while it fills up', async () => {
    let free = 60_000_000;
    world.limits = { largest: 400_000_000, freeBytes: async () => free, idleMs: 30_000 };
    await world.open();
    expect(await world.put(await world.maker.make('0.2.0'))).toMatchObject({
      status: 507,
      body: { detail: expect.stringMatching(/60 MB free and \d\d MB are needed/) },
    });
    free = 80_000_000;
    const filling = (bytes: number) => {
      free -= bytes;
    };
    expect((await sendMegabytes(30, filling)).status).toBe(507);
    expect(files()).toEqual([]);
  });
});

describe('what does not come to its end', () => {
  test.each(['its sender goes', 'its sender falls silent'])('leaves nothing: %s', async (why) => {
    world.limits = { ...world.limits, idleMs: why.endsWith('silent') ? 100 : 30_000 };
    await world.open();
    const { answer, request } = world.beginPut(1_000_000);
    request.write(Buffer.alloc(300_000));
    await coming();
    if (why.endsWith('goes')) request.destroy();
    await expect(answer).rejects.toThrow();
    await until('end of it', async () => ((await world.side.view()).uploading ? undefined : true));
    expect(files()).toEqual([]);
    expect((await world.put(await world.maker.make('0.2.0'))).status).toBe(200);
  });

  test('since the power went leaves nothing after the next start', async () => {
    await world.open();
    world.scratch.write('state/update/bundle.part', 'half a bundle');
    await world.reopen();
    expect(files()).toEqual([]);
  });

  test('is the only one: another must wait, and nothing is installed or removed meanwhile', async () => {
    await world.open();
    const bytes = readFileSync(await world.maker.make('0.2.0'));
    const { answer, request } = world.beginPut(bytes.length);
    request.write(bytes.subarray(0, 1000));
    await coming();
    expect(await world.put(await world.maker.make('0.3.0'))).toMatchObject({
      status: 409,
      body: { detail: 'another bundle is coming in: wait until it is there' },
    });
    expect((await world.ask('POST', '/install', {})).status).toBe(409);
    expect((await world.ask('DELETE', '/bundle')).status).toBe(409);
    request.end(bytes.subarray(1000));
    expect(await answer).toMatchObject({ status: 200, body: { version: '0.2.0' } });
  });
});

test('no other route takes bytes', async () => {
  await world.open();
  const { answer, request } = world.begin('POST', '/install', {
    'content-type': 'application/octet-stream',
    'content-length': '100',
  });
  request.end(Buffer.alloc(100));
  expect((await answer).status).toBe(415);
  const large = world.begin('POST', '/install', { 'content-type': 'application/json' });
  large.request.end(`{"downgrade": ${' '.repeat(9_000_000)} true}`);
  expect((await large.answer).status).toBe(413);
});
