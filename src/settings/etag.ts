/** Which state of a thing a change was made from: RFC 9110 §8.8.3. */
import { createHash } from 'node:crypto';
import { type Refusal, refusal } from './refusal.ts';

/** Strong; the same for what is written as the same JSON. */
export function etagOf(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)}"`;
}

/** `ifMatch`: the header as it came, RFC 9110 §13.1.1; undefined where there was none. */
export function unlessMatched(ifMatch: string | undefined, value: unknown): Refusal | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes(etagOf(value))) return undefined;
  return refusal('changed', 'somebody has changed it meanwhile: get it again and repeat your change');
}
