/**
 * When to tell the service manager that the service is well: at the start, and then again and again while the main loop
 * turns (else this does not run) and the answer threads serve. When it hears nothing, it starts the service anew.
 */
export interface ServiceNotifyOptions {
  /** Tells the service manager; undefined: there is none, and nothing is done. */
  readonly notify: ((state: string) => void) | undefined;
  /** WATCHDOG_USEC as the service manager gave it, microseconds; undefined: it does not watch. */
  readonly watchdog: string | undefined;
  /** Whether the answer threads are alive: one that hangs, and could not be started anew, is not. */
  readonly answering: () => boolean;
  /** @returns a function that ends it. */
  readonly every: (milliseconds: number, tick: () => void) => () => void;
}

export interface ServiceNotify {
  /** The service serves. */
  ready(): void;
  /** The service ends in order: it is not to be missed. */
  stopping(): void;
}

export function serviceNotify({ notify, watchdog, answering, every }: ServiceNotifyOptions): ServiceNotify {
  let end = () => {};
  const limit = milliseconds(watchdog);
  return {
    ready: () => {
      notify?.('READY=1');
      if (!notify || limit === undefined) return;
      // Three chances within the limit: one late turn must not end the service.
      end = every(Math.max(1, Math.floor(limit / 3)), () => {
        if (answering()) notify('WATCHDOG=1');
      });
    },
    stopping: () => {
      end();
      notify?.('STOPPING=1');
    },
  };
}

function milliseconds(text: string | undefined): number | undefined {
  const micros = /^\d{1,15}$/.test(text ?? '') ? Number(text) : 0;
  return micros > 0 ? micros / 1000 : undefined;
}
