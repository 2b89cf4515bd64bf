/** What was checked, and the figures that were measured on the way. */
export class Report {
  readonly #figures: [string, string][] = [];
  #passed = 0;
  #failed = 0;

  check(what: string, holds: boolean, found = ''): void {
    if (holds) this.#passed++;
    else this.#failed++;
    this.#line(`${holds ? 'pass' : 'FAIL'}  ${what}${found === '' ? '' : ` (${found})`}`);
  }

  /** Said, but neither passed nor failed. */
  leftOut(what: string): void {
    this.#line(`      left out for want of time: ${what}`);
  }

  figure(name: string, value: string): void {
    this.#figures.push([name, value]);
    this.#line(`      ${name}: ${value}`);
  }

  /** A step that threw: what follows depends on it. */
  broke(what: string, error: unknown): void {
    this.check(what, false, error instanceof Error ? error.message : String(error));
  }

  /** The last line is "N passed, N failed". */
  end(): boolean {
    const width = Math.max(0, ...this.#figures.map(([name]) => name.length));
    for (const [name, value] of this.#figures) process.stdout.write(`${name.padEnd(width)}  ${value}\n`);
    process.stdout.write(`${this.#passed} passed, ${this.#failed} failed\n`);
    return this.#failed === 0 && this.#passed > 0;
  }

  #line(text: string): void {
    process.stderr.write(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
  }
}
