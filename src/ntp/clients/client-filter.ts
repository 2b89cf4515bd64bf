/**
 * Which clients a query asks for.
 */
import { parseAddress } from '../../access/address.ts';
import { formatAddress, isIpv4Prefix, type Prefix, parsePrefix } from '../../access/prefix.ts';
import type { OutcomeName } from '../outcomes.ts';
import { WORD } from './client-record.ts';
import type { ClientRecord } from './client-view.ts';

export interface ClientFilter {
  /** The beginning of an address as shown (`192.0.2.`, `2001:db8:`), or a prefix in CIDR notation. */
  readonly text?: string | undefined;
  /** Clients with datagrams of this outcome; time answers count as `answered`. */
  readonly outcome?: OutcomeName | undefined;
  readonly keyId?: number | undefined;
  /** Milliseconds since 1970: clients seen then or later. */
  readonly seenSince?: number | undefined;
}

type Test = (record: ClientRecord) => boolean;

/** Whether the copied record fits the filter. */
export function filterOf({ text, outcome, keyId, seenSince }: ClientFilter): Test {
  const tests: Test[] = [];
  if (seenSince !== undefined) tests.push((record) => record.lastSeen >= seenSince);
  if (keyId !== undefined) tests.push((record) => record.keyId === keyId);
  if (outcome !== undefined) tests.push(outcomeTest(outcome));
  const trimmed = text?.trim().toLowerCase() ?? '';
  if (trimmed !== '') tests.push(textTest(trimmed));
  return (record) => tests.every((test) => test(record));
}

function outcomeTest(outcome: OutcomeName): Test {
  if (outcome === 'served-interleaved') return (record) => record.interleaved > 0;
  if (outcome.startsWith('served')) return (record) => record.answered > record.interleaved;
  return (record) => record.count(outcome) > 0;
}

function textTest(text: string): Test {
  if (text.includes('/')) {
    const prefix = parsePrefix(text);
    if (!('error' in prefix)) return prefixTest(prefix);
  }
  const bytes = new Uint8Array(16);
  // Writing out 100,000 IPv6 addresses takes long: look first whether the text can be of that family at all.
  const family = text.includes(':') || /[a-f]/.test(text) ? false : text.includes('.') ? true : undefined;
  // An address that is complete, however it is written, finds its one form too: 2001:DB8:0::1.
  const whole = parseAddress(text);
  const shown = whole === undefined ? text : formatAddress(whole);
  const mapped = whole !== undefined && isIpv4Prefix({ bytes: whole, length: 128 });
  return (record) => {
    if (family !== undefined && !mapped && isIpv4(record) !== family) return false;
    record.writeAddress(bytes);
    const address = formatAddress(bytes);
    return address.startsWith(text) || address.startsWith(shown);
  };
}

function isIpv4({ words }: ClientRecord): boolean {
  return words[WORD.address] === 0 && words[WORD.address + 1] === 0 && words[WORD.address + 2] === 0xffff;
}

function prefixTest(prefix: Prefix): Test {
  const v4 = isIpv4Prefix(prefix);
  const view = new DataView(prefix.bytes.buffer, prefix.bytes.byteOffset);
  const wanted = [0, 4, 8, 12].map((at) => view.getInt32(at));
  const masks = wanted.map((_, i) => {
    const bits = Math.min(32, Math.max(0, prefix.length - 32 * i));
    return bits === 0 ? 0 : -1 << (32 - bits);
  });
  // ::/0 means IPv6: IPv4 has a prefix of its own, as in the access rules.
  return (record) =>
    isIpv4(record) === v4 &&
    masks.every(
      (mask, i) => (((record.words[WORD.address + i] as number) ^ (wanted[i] as number)) & mask) === 0,
    );
}
