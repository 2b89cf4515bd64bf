import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { type ClientsLoad, type ClosedLoad, type OpenLoad, runLoad } from './load-run.ts';
import { buildNative } from './native.ts';
import { median } from './rounds.ts';

const native = buildNative();

/** The C echo of the bench: the simplest thing that answers. */
async function floor(variant: 'plain' | 'stamped'): Promise<number> {
  const child: ChildProcessWithoutNullStreams = spawn(native.native?.floor ?? '', [variant]);
  onTestFinished(async () => {
    child.kill();
    await once(child, 'exit');
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return Number(line);
}

test.skipIf(!native.native).each(['plain', 'stamped'] as const)(
  'the load counts the answers of the %s floor',
  async (variant) => {
    const port = await floor(variant);
    const load = { port, pid: process.pid, sources: 300, window: 16, warmup: 0, seconds: 0.1 };
    const { answers, wrong, seconds, loadCpu } = await runLoad<ClosedLoad>(native, load);
    expect(answers).toBeGreaterThan(0);
    expect(wrong).toBe(0);
    expect(seconds).toBeGreaterThanOrEqual(0.1);
    expect(loadCpu).toBeGreaterThan(0);
  },
);

test.skipIf(!native.native)('an echo is not taken for an interleaved answer', async () => {
  const port = await floor('plain');
  // The floor sends the request back, its origin too: that of an answer is another of the request's fields.
  const load = { mode: 'interleaved', port, sources: 8, window: 4, warmup: 0, seconds: 0.05 } as const;
  const { answers, wrong } = await runLoad<ClosedLoad>(native, load);
  expect(answers).toBe(0);
  expect(wrong).toBeGreaterThan(0);
});

test.skipIf(!native.native)('every request of a paced load is accounted for', async () => {
  const port = await floor('stamped');
  const open = { mode: 'open', port, rate: 500, seconds: 0.1, sources: 7 } as const;
  expect(await runLoad<OpenLoad>(native, open)).toMatchObject({ sent: 50, answers: 50 });
  const nobody = { mode: 'clients', port: 9, sources: 5, period: 0.05, seconds: 0.1 } as const;
  expect(await runLoad<ClientsLoad>(native, nobody)).toMatchObject({ sent: 10, answers: 0 });
});

test('the median of none, one, two and three', () => {
  expect([[], [5], [1, 4], [9, 1, 2]].map(median)).toEqual([Number.NaN, 5, 2.5, 2]);
});
