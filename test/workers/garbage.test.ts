/** What serving leaves to the garbage collector, whose pauses clients would see as asymmetry. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compiled } from './serving.ts';

/** In each round. */
const REQUESTS = 100_000;
const ROUNDS = 5;

/** Bytes allocated in V8's heap while the probe served, a request, in each round. */
function allocated(what: string): number[] {
  const probe = fileURLToPath(compiled('test/workers/gc-probe.js'));
  const words = ['--trace-gc', '--expose-gc', probe, String(REQUESTS), what, String(ROUNDS)];
  const out = execFileSync(process.execPath, words, { encoding: 'utf8' });
  return [...out.matchAll(/begin\n([\s\S]*?)end (\d+) (-?\d+)/g)].map(([, during = '', served, grown]) => {
    expect(Number(served)).toBeGreaterThanOrEqual(REQUESTS);
    const collected = [...during.matchAll(/ ([\d.]+) \([\d.]+\) -> ([\d.]+) /g)].map(
      ([, before, after]) => Number(before) - Number(after),
    );
    return (collected.reduce((sum, one) => sum + one, 0) * 1e6 + Number(grown)) / REQUESTS;
  });
}

/** Bytes; a number that is boxed takes 12. */
const NEXT_TO_NOTHING = 5;

test.each(['echo', 'responder'])('%s: nothing is allocated per request', (what) => {
  const rounds = allocated(what);
  expect(rounds).toHaveLength(ROUNDS);
  // What every request allocates is in each round; that V8 compiles a function once more is in some.
  expect(Math.min(...rounds)).toBeLessThan(NEXT_TO_NOTHING);
});
