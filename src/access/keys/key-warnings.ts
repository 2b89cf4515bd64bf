/** What works, but should be better: one line for each kind, with the numbers of the keys that it is about. */
import type { KeyLine } from './key-line.ts';

/** RFC 8573 §2 has the weakness of MD5; chronyd warns below the same length. */
const SHORTEST_GOOD_SECRET_BYTES = 10;
const SHOWN = 8;

/** `lines`: those whose keys are in use. None of the messages shows a secret. */
export function keyWarnings(lines: readonly KeyLine[], file: string): string[] {
  const chrony = lines.some(({ written, untyped }) => written === 'prefix' || untyped);
  const kinds: [(line: KeyLine) => boolean, string][] = [
    [({ key }) => key.type === 'MD5', 'MD5 is not safe any more (RFC 8573): use AES128 or SHA256'],
    [
      ({ key }) => key.secret.length < SHORTEST_GOOD_SECRET_BYTES,
      'a secret shorter than 80 bits can be guessed: use 128 bits or more, e.g. by `chronyc keygen`',
    ],
    [
      ({ written }) => chrony && written === 'hex',
      'read as hex as ntpd does, chronyd would read text: write HEX: or ASCII: before the secret',
    ],
  ];
  return kinds.flatMap(([concerns, message]) => {
    const ids = lines.filter(concerns).map(({ key }) => key.id);
    return ids.length > 0 ? [`${file}: ${naming(ids)}: ${message}`] : [];
  });
}

function naming(ids: readonly number[]): string {
  const shown = ids.slice(0, SHOWN).join(', ');
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : '';
  return `${ids.length === 1 ? 'key' : 'keys'} ${shown}${more}`;
}
