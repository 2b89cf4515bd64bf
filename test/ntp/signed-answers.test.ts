/** Authenticated exchanges through the whole responder, held by golden bytes. */
import { describe, expect, test } from 'vitest';
import { serveEveryone } from '../support/serve-everyone.ts';
import { bytesOf, goodBlock, hexOf, policyOf } from './exchange.ts';
import { type SignedRow, signedKeys, signedRows } from './signed-rows.ts';
import { virtualResponder } from './virtual-server.ts';

/** A responder whose clock stands still at the stamps of packet-rows.ts. */
function standing({ rules, synchronised = true }: Pick<SignedRow, 'rules' | 'synchronised'> = {}) {
  const policy = rules ? policyOf(rules) : serveEveryone();
  const parts = virtualResponder({ policy, keys: signedKeys });
  parts.server.step = 0;
  parts.server.arrival = 250_000_000;
  parts.server.nanos = 250_010_000;
  if (!synchronised) parts.clock.write(goodBlock({ stratum: 16 }));
  return parts;
}

test.each(signedRows)('$name → $outcome', ({ packet, outcome, golden = '', ...world }) => {
  const { server, responder, counts } = standing(world);
  server.arrive(bytesOf(packet));
  responder.serveBatch(0);
  expect(counts()).toMatchObject({ [outcome]: 1, authenticated: golden === '' ? 0 : 1 });
  expect(hexOf(server.datagram())).toBe(hexOf(bytesOf(golden)));
});

describe('interleaved and signed', () => {
  test('the second answer tells when the first one left', () => {
    const { server, responder } = standing();
    const exchange = (packet: string) => {
      server.arrive(bytesOf(packet));
      responder.serveBatch(0);
      return hexOf(server.datagram());
    };
    const first = exchange(`23 000600 00000000 00000000 00000000 00000000 00000000
      11111111 22222222 33333333 44444444 01234567 89abcdef 00000005 c05f62483ee7ec74da4558014c2a51fd`);
    expect(first).toBe(
      hexOf(
        bytesOf(`24 0106e9 00000000 00000001 47505300 eeab5d7f 00000000
          01234567 89abcdef eeab5d80 40000000 eeab5d80 4000a7c5 00000005 76311841b85499ac286d7ae10ca20d16`),
      ),
    );
    // 8 s later; the origin is the receive stamp of the first answer.
    server.receivedSeconds.fill(server.seconds + 8);
    server.seconds += 8;
    const second = exchange(`23 000600 00000000 00000000 00000000 00000000 00000000
      eeab5d80 40000000 aaaaaaaa bbbbbbbb 01234567 89abcdef 00000005 d5001eff0ae0957709138c76efab7fc2`);
    expect(second).toBe(
      hexOf(
        bytesOf(`24 0106e9 00000000 00000001 47505300 eeab5d7f 00000000
          aaaaaaaa bbbbbbbb eeab5d88 40000000 eeab5d80 4000a7c5 00000005 323ef4929480d862d1f3f6e564f7caf7`),
      ),
    );
  });
});
