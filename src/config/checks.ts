/** Rules that the schema can't state: the form of list items, and values that must fit each other. */
import { formatListen, parseListen } from './listen-address.ts';
import type { KeyPath } from './problem.ts';
import { type Config, DEFAULT_HTTP_PORT } from './schema.ts';

export interface CrossProblem {
  readonly path: KeyPath;
  readonly value: unknown;
  readonly message: string;
  /** The keys that the rule compares: it says nothing where one of them is wrong by itself. */
  readonly involves: readonly string[];
}

/** What is wrong with one item (of the right type) of the list `key`, if anything. */
export function itemProblem(key: string, value: unknown): string | undefined {
  if (key !== 'ntp.listen' && key !== 'http.listen') return undefined;
  const parsed = parseListen(String(value), DEFAULT_HTTP_PORT);
  return 'error' in parsed ? parsed.error : undefined;
}

export function crossChecks(config: Config): CrossProblem[] {
  return [
    ...repeated(['ntp', 'listen'], config.ntp.listen, config.ntp.port, ['ntp.listen', 'ntp.port']),
    ...repeated(['http', 'listen'], config.http.listen, DEFAULT_HTTP_PORT, ['http.listen']),
    ...lockWithinHoldover(config),
  ];
}

/** The second socket on an address could not be bound. */
function repeated(
  path: KeyPath,
  listen: string[],
  port: number,
  involves: readonly string[],
): CrossProblem[] {
  const seen = new Map<string, string>();
  return listen.flatMap((value, i) => {
    const address = parseListen(value, port);
    if ('error' in address) return [];
    const name = formatListen(address);
    const first = seen.get(name);
    seen.set(name, first ?? value);
    if (first === undefined) return [];
    return [{ path: [...path, i], value, involves, message: `${name} is listed twice: delete one` }];
  });
}

/** A lock bound above the holdover limit would end each lock as soon as it begins. */
function lockWithinHoldover({ discipline }: Config): CrossProblem[] {
  return (['lockBoundKernel', 'lockBoundUser'] as const).flatMap((key) => {
    const limit = discipline.holdoverLimit;
    if (discipline[key] <= limit * 1000) return [];
    return [
      {
        path: ['discipline', 'holdoverLimit'],
        value: limit,
        involves: [`discipline.${key}`, 'discipline.holdoverLimit'],
        message: `${limit} ms is below discipline.${key} (${discipline[key]} us): raise it or lower the lock bound`,
      },
    ];
  });
}
