/** Which requests are answered in interleaved mode (RFC 9769); the bytes of such an answer are in packet-rows.ts. */
import { describe, expect, test } from 'vitest';
import { ask, request } from './exchange.ts';
import { followUp, remembering } from './follow-up.ts';

describe('interleaved mode', () => {
  test.each([
    ['an origin that was never given', (view: DataView) => view.setUint32(28, 1)],
    [
      'receive = transmit',
      (view: DataView) => {
        view.setUint32(32, 0x01234567);
        view.setUint32(36, 0x89abcdef);
      },
    ],
    [
      'a zero origin',
      (view: DataView) => {
        view.setUint32(24, 0);
        view.setUint32(28, 0);
      },
    ],
  ])('%s: basic mode', (_name, change) => {
    const { outcome, header } = ask(followUp(change), { service: remembering() });
    expect(outcome).toBe('served');
    expect(header?.origin).toEqual({ seconds: 0x01234567, fraction: 0x89abcdef });
  });

  test('of another client: basic mode', () => {
    expect(ask(followUp(), { service: remembering('192.0.2.11') }).outcome).toBe('served');
  });

  test('only such clients are remembered', () => {
    expect(ask(followUp(), {}).exchange.remember).toBe(true);
    expect(ask(request(), {}).exchange.remember).toBe(false);
  });

  test('unsynchronised: basic mode', () => {
    const transmit = { synchronised: false };
    expect(ask(followUp(), { service: remembering(), transmit }).outcome).toBe('served-unsynchronised');
  });
});
