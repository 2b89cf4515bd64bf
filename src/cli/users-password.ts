/** Asks for a new password: typed twice and unseen at a terminal, else the first line of standard input. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError, EX_DATAERR, EX_USAGE } from './exit-codes.ts';

/** @throws CliError where there is none, or the two differ. */
export async function askPassword(
  command: string,
  input: NodeJS.ReadStream = process.stdin,
  { prompt = 'New password: ', twice = true } = {},
): Promise<string> {
  const first = await askLine(prompt, input);
  if (first === undefined || first === '')
    throw new CliError(`${command}: no password: type it, or pipe it in`, EX_USAGE);
  if (twice && input.isTTY && (await askLine('Again: ', input)) !== first)
    throw new CliError(`${command}: the two passwords differ: try again`, EX_DATAERR);
  return first;
}

/** Undefined: the input has ended. */
function askLine(prompt: string, input: NodeJS.ReadStream): Promise<string | undefined> {
  if (input.isTTY) process.stderr.write(prompt);
  // What is typed is echoed to here.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: input.isTTY === true });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      if (input.isTTY) process.stderr.write('\n');
      resolve(undefined);
    });
  });
}
