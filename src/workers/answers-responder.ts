/** The responder of an answer thread, as its job wants it. */
import { opensslDigest } from '../../hw/linux/openssl-digests.ts';
import type { DatagramServer } from '../../hw/ports.ts';
import { CounterRegion } from '../ntp/counters.ts';
import { Responder } from '../ntp/responder.ts';
import type { AnswersJob } from './answers-protocol.ts';

export function responderOf(job: AnswersJob, server: DatagramServer): Responder {
  const { clockBlock, mapping, tables, orders } = job;
  const counters = new CounterRegion(job.counters, job.region);
  const responder = new Responder({
    server,
    clockBlock,
    mapping,
    counters,
    tables,
    settings: orders.settings,
    digests: opensslDigest,
  });
  responder.setHostAddresses(orders.hostAddresses);
  return responder;
}
