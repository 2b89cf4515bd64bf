/** Says as events what the installer's record tells; each state of it once, whatever restarts there are in between. */
import type { EventLog } from './events/event-log.ts';
import type { EventType } from './events/event-types.ts';
import type { UpdateRecord } from './update/update-status.ts';

const TYPES: Readonly<Partial<Record<UpdateRecord['state'], EventType>>> = {
  trial: 'update-installed',
  kept: 'update-kept',
  'rolled-back': 'update-rolled-back',
  refused: 'update-refused',
};

export class UpdateNews {
  readonly #events: Pick<EventLog, 'raise' | 'list'>;
  #told = '';

  constructor(events: Pick<EventLog, 'raise' | 'list'>) {
    this.#events = events;
  }

  /** False: it was told before. */
  tell(record: UpdateRecord): boolean {
    const { state, version, from, slot, at } = record;
    const type = TYPES[state];
    if (type === undefined || this.#wasTold(type, at)) return false;
    this.#told = `${type} ${at}`;
    this.#events.raise(type, textOf(record), { version, from, slot, at });
    return true;
  }

  /** Refused before there was anything to keep a record of. */
  refused(reason: string): void {
    this.#events.raise('update-refused', `an update was refused: ${reason}`, { reason });
  }

  #wasTold(type: EventType, at: string): boolean {
    if (this.#told === `${type} ${at}`) return true;
    const [newest] = this.#events.list({ type, limit: 1, offset: 0 }).items;
    return newest?.data?.['at'] === at;
  }
}

function textOf({ state, version, from, reason, deadlineSeconds }: UpdateRecord): string {
  const why = reason === '' ? '' : `: ${reason}`;
  if (state === 'trial') {
    const minutes = Math.round(deadlineSeconds / 60);
    return `version ${version} is installed, on trial: it is kept if it is well within ${minutes} min`;
  }
  if (state === 'kept') return `version ${version} was well and is kept`;
  if (state === 'rolled-back') return `version ${version} was taken back, ${from} runs again${why}`;
  return `version ${version} was refused${why}`;
}
