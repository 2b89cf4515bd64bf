/** Says that management was refused to strangers, whoever knocks and however often. */
import type { EventSink } from '../events/event-sink.ts';
import { Seldom } from './seldom.ts';

export class GuardRefusals extends Seldom {
  /** `monotonic`: seconds on a clock that never steps. */
  constructor(events: EventSink, monotonic: () => number) {
    super(monotonic, (address, refusals) => {
      const times = refusals > 1 ? `, ${refusals} requests since the last time this was said` : '';
      const text = `management refused to ${address}: not in http.allow${times}`;
      events.raise('login-failed', text, { address, refusals });
    });
  }
}
