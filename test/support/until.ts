import { setTimeout as pause } from 'node:timers/promises';

/** Looks every 50 ms until `look` gives something; fails with what was waited for, and what was seen last. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  within = 15_000,
): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`within ${within} ms there was no ${what}`);
    await pause(50);
  }
}
