/** The lines a program writes: kept, and waited for by event. */
import type { Readable } from 'node:stream';

export class Output {
  readonly lines: string[] = [];
  readonly #watchers = new Set<() => void>();
  #rest = '';
  #ended = false;

  constructor(stream: Readable) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.#take(text));
    stream.on('close', () => {
      if (this.#rest !== '') this.lines.push(this.#rest);
      this.#ended = true;
      this.#tell();
    });
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  /** The first line from number `from` on that `pick` makes something of; rejects when time or the program ends. */
  async first<T>(what: string, pick: (line: string) => T | undefined, within = 20_000, from = 0): Promise<T> {
    let seen = from;
    const look = (): T | undefined => {
      while (seen < this.lines.length) {
        const found = pick(this.lines[seen++] ?? '');
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return await new Promise<T>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(deadline);
        this.#watchers.delete(watch);
        settle();
      };
      const watch = () => {
        const found = look();
        if (found !== undefined) finish(() => resolve(found));
        else if (this.#ended)
          finish(() => reject(new Error(`the program ended without ${what}:\n${this.text}`)));
      };
      const deadline = setTimeout(
        () => finish(() => reject(new Error(`no ${what} within ${within} ms:\n${this.text}`))),
        within,
      );
      this.#watchers.add(watch);
      watch();
    });
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.lines.push(...lines);
    this.#tell();
  }

  #tell(): void {
    for (const watch of this.#watchers) watch();
  }
}
