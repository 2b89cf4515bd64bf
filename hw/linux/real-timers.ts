/**
 * Timers of the real world. They never keep the process alive: what must stay up holds a socket or a port.
 */
import type { Timers } from '../ports.ts';

export function realTimers(): Timers {
  return {
    every(milliseconds, task) {
      const timer = setInterval(task, milliseconds).unref();
      return () => clearInterval(timer);
    },
    after(milliseconds, task) {
      const timer = setTimeout(task, milliseconds).unref();
      return () => clearTimeout(timer);
    },
    // hrtime is CLOCK_MONOTONIC: slewed by adjtime, never stepped. Microseconds are left of the float64 for 270 years.
    monotonic: () => Number(process.hrtime.bigint()) / 1e9,
  };
}
