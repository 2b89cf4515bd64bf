/** Whether an audit record is as it was written. */
import type { AuditStore, Segment, Verdict } from './audit-store.ts';
import { type ChainEnd, checkLine, type Flaw, GENESIS, parseEntry } from './chain.ts';

/** `known`: the end as this process has it, which nobody can have changed on the disk. */
export async function verifyStore(store: AuditStore, known?: ChainEnd): Promise<Verdict> {
  const marks = await store.marks();
  const segments = await store.segments();
  const chain = new Walk(marks.begin ?? GENESIS, [marks.end, known ?? null]);
  for (const segment of segments) if (!(await chain.take(segment))) return chain.verdict();
  const { seq } = chain.end;
  if (marks.end === null && seq > 0)
    return chain.verdict(whole(seq, 'audit-marks.json is missing or no longer readable'));
  if (known && seq > known.seq)
    return chain.verdict(
      whole(known.seq + 1, `entries from ${known.seq + 1} on were not written by the appliance`),
    );
  const end = Math.max(marks.end?.seq ?? 0, known?.seq ?? 0);
  if (seq < end) return chain.verdict(whole(seq + 1, `entries ${seq + 1} to ${end} at the end are missing`));
  return chain.verdict();
}

/** A file of its own, e.g. an export: it may begin anywhere in the chain. */
export async function verifyText(name: string, text: string): Promise<Verdict> {
  const chain = new Walk(undefined, []);
  await chain.take({ name, text: async () => text });
  return chain.verdict();
}

class Walk {
  readonly #fixed: readonly (ChainEnd | null)[];
  readonly #begin: ChainEnd | undefined;
  #end: ChainEnd | undefined;
  #entries = 0;
  #flaw: Flaw | undefined;

  constructor(begin: ChainEnd | undefined, fixed: readonly (ChainEnd | null)[]) {
    this.#begin = begin;
    this.#end = begin;
    this.#fixed = fixed;
  }

  get end(): ChainEnd {
    return this.#end ?? GENESIS;
  }

  /** Whether all is well so far. */
  async take({ name, text }: Segment): Promise<boolean> {
    const lines = (await text()).split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const [index, line] of lines.entries()) {
      const reason = this.#next(line);
      if (reason === '') continue;
      this.#flaw = { seq: parseEntry(line)?.seq ?? null, file: name, line: index + 1, reason };
      return false;
    }
    return true;
  }

  verdict(flaw: Flaw | undefined = this.#flaw): Verdict {
    return { entries: this.#entries, ok: !flaw, firstBad: flaw ?? null, head: this.end };
  }

  /** What is wrong, or ''. */
  #next(line: string): string {
    const checked = checkLine(line, this.#end);
    if (typeof checked === 'string') return this.#isDropped(line) ? '' : checked;
    const fixed = this.#fixed.find((end) => end?.seq === checked.seq);
    if (fixed && fixed.hash !== checked.hash) return 'is not the entry that was written here';
    this.#end = { seq: checked.seq, hash: checked.hash };
    this.#entries++;
    return '';
  }

  /** A file that was to be dropped when the power went is there still: the chain begins behind it. */
  #isDropped(line: string): boolean {
    const begin = this.#begin;
    const seq = parseEntry(line)?.seq;
    return begin !== undefined && this.#entries === 0 && seq !== undefined && seq <= begin.seq;
  }
}

function whole(seq: number, reason: string): Flaw {
  return { seq, file: '', line: 0, reason };
}
