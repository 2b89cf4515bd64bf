/** `tls.pem` in the state folder: the key and the certificate in one file, so that they change together. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../config/atomic-file.ts';
import { codeOf, readText } from '../config/read-text.ts';
import { type CheckedPair, checkPair, type Flaw, LONGEST_PEM } from './check-pair.ts';

export const CERTIFICATE_FILE = 'tls.pem';

/** `reason`: one line for the log. */
export type LoadedPair =
  | { readonly kind: 'loaded'; readonly pair: CheckedPair }
  | { readonly kind: 'none' }
  | { readonly kind: 'rejected'; readonly reason: string };

/** Never throws. A certificate that has expired is still one. */
export function loadPair(directory: string): LoadedPair {
  const path = join(directory, CERTIFICATE_FILE);
  const read = readText(path, 2 * LONGEST_PEM);
  if (!('text' in read))
    return read.code === 'ENOENT'
      ? { kind: 'none' }
      : { kind: 'rejected', reason: `${path}: ${read.reason}` };
  const pair = parsePair(read.text);
  if ('certificate' in pair) return { kind: 'loaded', pair };
  return { kind: 'rejected', reason: `${path}: its ${pair.field} ${pair.message}` };
}

function parsePair(text: string): CheckedPair | Flaw {
  const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/.exec(text)?.[0];
  return checkPair(text, key ?? '', undefined);
}

/** For restored backups: what is wrong with the content of the file, one line; '': nothing. */
export function pairFlaw(data: Uint8Array): string {
  const pair = parsePair(Buffer.from(data).toString('utf8'));
  return 'certificate' in pair ? '' : `the ${pair.field} of TLS ${pair.message}`;
}

/** Returns what went wrong in one line, or ''. */
export async function savePair(directory: string, { certificate, key }: CheckedPair): Promise<string> {
  const path = join(directory, CERTIFICATE_FILE);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    return `${directory} can not be made (${codeOf(error)}): make it, or set state.directory to another`;
  }
  const result = await writeFileAtomic(path, key + certificate, 0o600);
  return result.written ? '' : `${path}: ${result.reason}`;
}
