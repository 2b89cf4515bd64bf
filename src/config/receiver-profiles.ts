/** Receivers as they come on boards (HATs) for the Raspberry Pi's header: what to set for them, in one table. */

import type { Config } from './schema.ts';

export interface ReceiverProfile {
  /** As a setup file names it. */
  readonly name: string;
  readonly title: string;
  readonly settings: {
    readonly receiver: Pick<Config['receiver'], 'device' | 'baud'>;
    readonly pps: Pick<Config['pps'], 'device' | 'line' | 'edge'>;
  };
  /** Line of config.txt that has the kernel stamp the pulses itself (/dev/pps0); undefined: the pin is not known. */
  readonly kernelPps: string | undefined;
}

/** The header's UART on the image, where Bluetooth does not have it. */
const HEADER_UART = '/dev/ttyAMA0';

export const RECEIVER_PROFILES: readonly ReceiverProfile[] = [
  {
    name: 'generic',
    title: 'Any receiver: port, speed and PPS pin are looked for',
    settings: {
      receiver: { device: 'auto', baud: 'auto' },
      pps: { device: 'auto', line: 'auto', edge: 'rising' },
    },
    kernelPps: undefined,
  },
  hat('adafruit', 'Adafruit Ultimate GPS HAT', 4),
  hat('uputronics', 'Uputronics GPS Expansion Board', 18),
];

/** Both receivers leave their factories with 9600 bit/s, and a pulse that rises with the second. */
function hat(name: string, title: string, line: number): ReceiverProfile {
  return {
    name,
    title: `${title} (PPS on GPIO ${line})`,
    settings: {
      receiver: { device: HEADER_UART, baud: 9600 },
      pps: { device: 'auto', line, edge: 'rising' },
    },
    kernelPps: `dtoverlay=timeball-pps,gpiopin=${line}`,
  };
}

/** The profile whose values these are. */
export function profileOf(config: Pick<Config, 'receiver' | 'pps'>): ReceiverProfile | undefined {
  return RECEIVER_PROFILES.find(
    ({ settings: { receiver, pps } }) =>
      receiver.device === config.receiver.device &&
      receiver.baud === config.receiver.baud &&
      pps.device === config.pps.device &&
      pps.line === config.pps.line &&
      pps.edge === config.pps.edge,
  );
}
