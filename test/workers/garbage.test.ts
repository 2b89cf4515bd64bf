/** What serving leaves to the garbage collector, whose pauses clients would see as asymmetry. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compiled } from './serving.ts';

const REQUESTS = 200_000;

/** Bytes allocated in V8's heap while the probe served. */
function allocated(...words: string[]): number {
  const probe = fileURLToPath(compiled('test/workers/gc-probe.js'));
  const out = execFileSync(
    process.execPath,
    ['--trace-gc', '--expose-gc', probe, String(REQUESTS), ...words],
    {
      encoding: 'utf8',
    },
  );
  const [, during = '', served, grown] = /begin\n([\s\S]*)end (\d+) (-?\d+)/.exec(out) ?? [];
  expect(Number(served)).toBeGreaterThanOrEqual(REQUESTS);
  const megabytes = [...during.matchAll(/ ([\d.]+) \([\d.]+\) -> ([\d.]+) /g)].map(
    ([, before, after]) => Number(before) - Number(after),
  );
  return megabytes.reduce((sum, one) => sum + one, 0) * 1e6 + Number(grown);
}

/** What V8 needs to compile functions once more, and to count. */
const NEXT_TO_NOTHING = 5;

test.each(['echo', 'responder'])('%s: nothing is allocated per request', (what) => {
  expect(allocated(what) / REQUESTS).toBeLessThan(NEXT_TO_NOTHING);
});
