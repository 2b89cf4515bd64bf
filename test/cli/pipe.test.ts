/** Output that is read by another program through a pipe, which may leave at any time. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { type Result, run } from '../support/program.ts';
import { Scratch } from '../support/scratch.ts';

const scratch = new Scratch();
let appliance: ApplianceProcess;
beforeAll(async () => {
  appliance = await ApplianceProcess.simulate();
});
afterAll(async () => {
  await appliance?.dispose();
  scratch.dispose();
});

/** The command before the pipe, then `reader`; what it writes, and at the end how the command ended. */
function piped(words: readonly string[], reader: string): Promise<Result> {
  const script = `"$@" | ${reader}; echo "ended $\{PIPESTATUS[0]}"`;
  return run(['bash', '-c', script, 'bash', ...timeball(...words)]);
}

const http = () => new URL(appliance.url).host;

test('live events end when nobody reads them any more', async () => {
  const { out, err } = await piped(['api', 'GET', '/api/v1/events', '--http', http()], 'head -n 1');
  expect(err).toBe('');
  expect(out).toMatch(/^(event|id|data|retry|:).*\nended 0\n$/);
});

test('an answer that is longer than a pipe holds', async () => {
  const { out, err } = await piped(['api', 'GET', '/api/v1/openapi.json', '--http', http()], 'head -c 1');
  expect({ out, err }).toEqual({ out: '{ended 0\n', err: '' });
});

test('the whole of it arrives where it is read to the end', async () => {
  const words = ['api', 'GET', '/api/v1/openapi.json', '--http', http()];
  const { out } = await piped(words, 'wc -c');
  expect(out).toBe(`${Buffer.byteLength((await run(timeball(...words))).out)}\nended 0\n`);
});

test('what is refused ends with its code all the same', async () => {
  const { out, err } = await piped(['api', 'GET', '/api/v1/nothing', '--http', http()], 'cat');
  expect(out).toContain('ended 65\n');
  expect(err).toBe('timeball api: refused with 404\n');
});

test('an appliance goes on without a reader', async () => {
  // Its reader leaves at once; it still says on standard error when it has ended.
  const fifo = `${scratch.path}/out`;
  const words = ['simulate', '--headless', '--ntp', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  const script = `mkfifo ${fifo}; exec 3<>${fifo}; "$@" >${fifo} 3<&- & pid=$!; exec 3<&-; wait $pid`;
  const silent = await ApplianceProcess.start([
    'bash',
    '-c',
    `trap 'kill $pid' TERM; ${script}`,
    'bash',
    ...timeball(...words),
  ]);
  try {
    await silent.logged('state changed', ({ to }) => to === 'locked');
    expect((await silent.status()).stratum).toBe(1);
  } finally {
    await silent.end();
  }
}, 60_000);
