/** A bad serial line. */
import type { Random } from './random.ts';

/** `bytes` with every byte flipped, lost or doubled with probability `p` (0–1); the same array where p is 0. */
export function corrupted(bytes: Uint8Array, p: number, random: Random): Uint8Array {
  if (p <= 0) return bytes;
  const out: number[] = [];
  for (const byte of bytes) {
    if (!random.chance(p)) out.push(byte);
    else damage(byte, out, random);
  }
  return Uint8Array.from(out);
}

function damage(byte: number, out: number[], random: Random): void {
  const kind = random.next() % 3;
  if (kind === 0) out.push(byte ^ (1 << (random.next() & 7)));
  else if (kind === 1) out.push(byte, byte);
}
