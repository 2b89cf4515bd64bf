/** Waiting, with an end to it. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** @throws Error that names `what` when it has not come true within the time. */
export async function until(
  what: string,
  seconds: number,
  test: () => boolean | Promise<boolean>,
  everyMs = 100,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`${what} has not come within ${seconds} s`);
    await delay(everyMs);
  }
}
