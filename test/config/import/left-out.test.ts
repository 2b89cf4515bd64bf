/** A line that can't be expressed may be left out only where that opens nothing to anybody; else all is refused. */
import { expect, test } from 'vitest';
import { imported, randomBelow } from './import-helpers.ts';
import { byChronyd, byNtpd, byRules, parse, type Restriction, type Service } from './naive.ts';

const FLAGS = ['ignore', 'noserve', 'noquery', 'notrust', 'limited'];
const HOST = parse('192.0.2.7');

function noMoreOpen(ours: Service, theirs: Service): boolean {
  return (
    (!ours.served || theirs.served) &&
    (!ours.queries || theirs.queries) &&
    (!ours.served || ours.limited || !theirs.limited) &&
    (!ours.served || ours.key !== false || theirs.key === false)
  );
}

test('names, port 123 and odd masks in ntp.conf', () => {
  const counts = { refused: 0, leftOut: 0 };
  for (let seed = 1; seed <= 2000; seed++) {
    const below = randomBelow(seed * 7919);
    const some = () => FLAGS.filter(() => below(3) === 0);
    const [wide, near, odd] = [some(), some(), some()];
    const line = [
      `restrict client.example.com ${odd.join(' ')}`,
      `restrict 192.0.2.7 ntpport ${odd.join(' ')}`,
      `restrict 192.0.2.7 mask 255.0.255.255 ${odd.join(' ')}`,
    ][below(3)];
    const text = `restrict default ${wide.join(' ')}\nrestrict 192.0.2.0 mask 255.255.255.0 ${near.join(' ')}\n${line}\nkeys /k\ntrustedkey 1`;
    const result = imported(text, 'ntp', { '/k': '1 MD5 secret\n' });
    counts[result.refused ? 'refused' : 'leftOut']++;
    if (result.refused) {
      expect(result.values).toEqual({});
      continue;
    }
    // What ntpd would have made of it, had the name been that of the host.
    const all = { family: 4 as const, bits: 0n, mask: 0n, flags: new Set(wide) };
    const net = { family: 4 as const, bits: HOST.bits - 7n, mask: 0xffff_ff00n, flags: new Set(near) };
    const host: Restriction = { family: 4, bits: HOST.bits, mask: 0xffff_ffffn, flags: new Set(odd) };
    const theirs = byNtpd([all, net, host], HOST, [1]);
    const ours = byRules(result.rules, HOST);
    expect(noMoreOpen(ours, theirs), `${text}\n${JSON.stringify({ ours, theirs })}`).toBe(true);
  }
  expect(counts.refused).toBeGreaterThan(200);
  expect(counts.leftOut).toBeGreaterThan(200);
});

test.each([
  ['allow 192.0.2\ndeny client.example.com', true],
  ['deny client.example.com', false],
  ['deny all\ndeny client.example.com', false],
  ['deny\nallow client.example.com', false],
  ['allow 192.0.2\ndeny 192.0.2.7 # not a comment', true],
  ['allow 192.0.2.0/33\nallow 10', false],
])('names and slips in chrony.conf: %j', (text, refused) => {
  const result = imported(text, 'chrony');
  expect(result.refused).toBe(refused);
  if (!refused) expect(byRules(result.rules, HOST).served).toBe(byChronyd([], HOST));
});
