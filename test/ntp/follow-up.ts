/** A request in interleaved mode (RFC 9769), and a server that knows the answer before it. */
import type { Service } from '../../src/ntp/service.ts';
import { ask, request, serviceOf } from './exchange.ts';

/** What the answer before told as its receive stamp (NOW − 64 s), and when it left in truth. */
const RECEIVED = [0xeeab_5d40, 0x3333_3333] as const;
const TRANSMITTED = [0x1111_1111, 0x2222_2222] as const;

export function followUp(change: (request: DataView) => void = () => {}): Uint8Array {
  const packet = request();
  const view = new DataView(packet.buffer);
  view.setUint32(24, RECEIVED[0]); // origin: when the server got the request before
  view.setUint32(28, RECEIVED[1]);
  view.setUint32(32, 0xaaaa_aaaa); // receive: when the client got the answer before
  view.setUint32(36, 0xbbbb_bbbb);
  change(view);
  return packet;
}

/** A service that remembers the answer to `source`. */
export function remembering(source = '192.0.2.10'): Service {
  const service = serviceOf();
  const { exchange } = ask(request(), { source });
  service.interleave.save(exchange.sourceAddress, 16, ...RECEIVED, ...TRANSMITTED);
  return service;
}
