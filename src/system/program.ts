/** Other programs, run without a shell. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const LONGEST_WORDS = 400;

/** Rejects where it can't be started, fails, or takes longer than `longestMs`; see `lastWords`. */
export function runProgram(program: string, args: readonly string[], longestMs: number): Promise<unknown> {
  return promisify(execFile)(program, [...args], { timeout: longestMs });
}

/** What a program said at its end, one line: `execFile` itself tells only that it failed. */
export function lastWords(error: Error & { readonly stderr?: string }): string {
  const said = (error.stderr ?? '').trim().split('\n').at(-1) ?? '';
  return said === '' ? (error.message.split('\n', 1)[0] ?? '') : said.slice(0, LONGEST_WORDS);
}
