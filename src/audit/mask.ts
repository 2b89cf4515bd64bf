/** The last line of defence: what is named like a secret never reaches the record, whoever sent it. */
import { MASK } from './audit-sink.ts';
import { canonicalJson } from './canonical-json.ts';

const SECRET = /^(secret|password|passphrase|current|token|code|privateKey|backup|cookie|authorization)$/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** Characters of JSON: a long value is told by its size. */
const LONGEST = 65_536;

/** JSON data with secrets masked, of bounded size. Never throws. */
export function recordable(value: unknown): unknown {
  try {
    const masked = maskSecrets(JSON.parse(JSON.stringify(value) ?? 'null'));
    const length = canonicalJson(masked).length;
    return length > LONGEST ? { leftOut: `${length} characters` } : masked;
  } catch {
    return { leftOut: 'no JSON' };
  }
}

function maskSecrets(value: unknown): unknown {
  if (typeof value === 'string') return PRIVATE_KEY.test(value) ? MASK : value;
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'string' && SECRET.test(key) ? MASK : maskSecrets(member),
    ]),
  );
}
