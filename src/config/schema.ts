/**
 * Every key of the configuration file, with its meaning, unit, range and default. The file may leave out any key;
 * a loaded `Config` has them all.
 */
import Type, { type Static } from 'typebox';
import { access } from './access-schema.ts';
import { autoOrReal, autoOrWhole, oneOf, real, section, textLike, whole, yesOrNo } from './fields.ts';
import { http, keys, network, ntp } from './network-schema.ts';
import { syslog } from './syslog-schema.ts';

const receiver = section('The GPS receiver and its serial line.', {
  device: textLike(/^(auto|\/[^\0]+)$/, 'auto or a path such as /dev/ttyAMA0', {
    title: 'serial device',
    description: 'Serial device of the receiver; auto tries the usual ones until one speaks NMEA.',
    default: 'auto',
  }),
  baud: oneOf(['auto', 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800], {
    title: 'baud rate',
    description: 'Speed of the serial line in bit/s; auto tries them all.',
    default: 'auto',
  }),
  burstOffset: autoOrReal(
    { minimum: -200, maximum: 2000, unit: 'ms' },
    {
      title: 'burst offset',
      description:
        'Delay in ms from an edge to the first byte of the burst that names its second. auto takes the edge just ' +
        'before the burst; give it for receivers that need more than 1 s.',
      default: 'auto',
    },
  ),
  agreement: whole(
    { minimum: 2, maximum: 60, unit: 'bursts' },
    {
      title: 'number of bursts',
      description: 'Bursts in a row that must agree before the label of a second counts.',
      default: 4,
    },
  ),
  holdForLeapSeconds: yesOrNo({
    description:
      'Hold the lock back, for 12.5 minutes at most, while the receiver differs from the saved time by a few whole ' +
      'seconds: without its almanac a receiver may not know the leap seconds yet.',
    default: true,
  }),
});

const pps = section('The pulse-per-second line.', {
  device: textLike(
    /^(auto|onoff|\/dev\/pps\d{1,4}|\/dev\/gpiochip\d{1,4})$/,
    'auto, /dev/ppsN, /dev/gpiochipN or onoff',
    {
      title: 'PPS device',
      description:
        'Source of the edges; auto prefers kernel PPS (/dev/ppsN), then the GPIO character device (/dev/gpiochipN), ' +
        'then onoff (stamped by a process, so 10 to 1000 us worse).',
      default: 'auto',
    },
  ),
  line: autoOrWhole(
    { minimum: 0, maximum: 1023 },
    {
      title: 'GPIO line',
      description:
        "GPIO number (BCM numbering on a Raspberry Pi) of the PPS line; auto looks which of the header's free pins pulses " +
        'once a second, for which it makes them all inputs. Unused with /dev/ppsN.',
      default: 18,
    },
  ),
  edge: oneOf(['rising', 'falling'], {
    title: 'edge',
    description:
      'Which edge of the pulse marks the second. Where the line is found (auto), its pulse tells; this counts only if ' +
      'that lasts half a second.',
    default: 'rising',
  }),
});

const clock = section("The machine's own clock.", {
  steer: yesOrNo({
    description:
      "Steer the machine's clock too; needs the right to set it (CAP_SYS_TIME). The served time does not depend on it.",
    default: false,
  }),
  rtc: oneOf(['none', 'ds1307', 'ds3231', 'pcf8523', 'pcf85063'], {
    title: 'known real-time clock',
    description:
      'Clock with a battery on the header (I2C, pins 3 and 5), named to the kernel when the SD image starts: logs then ' +
      'begin with a plausible date. The kernel writes it while the clock is steered. The served time never comes from it.',
    default: 'none',
  }),
});

const discipline = section('How the local clock is modelled, and when its time counts as good.', {
  lockBoundKernel: real(
    { minimum: 0.1, maximum: 100_000, unit: 'us' },
    {
      title: 'lock bound',
      description: 'Error bound in us below which the clock is locked, with edges stamped by the kernel.',
      default: 10,
    },
  ),
  lockBoundUser: real(
    { minimum: 0.1, maximum: 100_000, unit: 'us' },
    {
      title: 'lock bound',
      description:
        'Error bound in us below which the clock is locked, with edges stamped by a process (onoff).',
      default: 100,
    },
  ),
  holdoverLimit: real(
    { minimum: 0.01, maximum: 400, unit: 'ms' },
    {
      title: 'holdover limit',
      description: 'Error bound in ms at which holdover ends and the server stops being stratum 1.',
      default: 10,
    },
  ),
  antennaDelay: real(
    { minimum: -1_000_000, maximum: 1_000_000, unit: 'ns' },
    {
      title: 'delay',
      description:
        'Delay in ns of antenna and receiver; positive: the edge comes late. Added to the delay of the cable.',
      default: 0,
    },
  ),
  cableDelay: real(
    { minimum: -1_000_000, maximum: 1_000_000, unit: 'ns' },
    {
      title: 'delay',
      description:
        'Delay in ns of the antenna cable, about 4 to 5 ns a metre; positive: the edge comes late.',
      default: 0,
    },
  ),
});

const gate = section('What to make of a receiver that contradicts the clock.', {
  acceptAfter: real(
    { minimum: 0, maximum: 10_080, unit: 'min' },
    {
      title: 'time to acceptance',
      description:
        'Minutes for which edges or times that the kept time makes impossible must stand before they are believed ' +
        '(another receiver, a moved cable); 0 never believes them. Until then the clock is in holdover.',
      default: 30,
    },
  ),
  positionJump: real(
    { minimum: 0, maximum: 1_000_000, unit: 'm' },
    {
      title: 'position jump',
      description:
        'Metres from where the receiver stood at which it is no longer believed; 0 switches this off, e.g. on a vehicle.',
      default: 1000,
    },
  ),
});

const absolutePath = /^\/[^\0]*$/;

const state = section('What is kept across restarts.', {
  directory: textLike(absolutePath, 'an absolute path such as /var/lib/timeball', {
    title: 'directory',
    description: "Directory of the saved state (the oscillator's learned rate and temperature behaviour).",
    default: '/var/lib/timeball',
  }),
});

const leap = section('Leap seconds.', {
  file: textLike(/^(auto|\/[^\0]+)$/, 'auto or an absolute path', {
    title: 'leap second file',
    description:
      'Leap second table in the IERS leap-seconds.list format; auto takes the newest valid one of the shipped table ' +
      'and /usr/share/zoneinfo/leap-seconds.list.',
    default: 'auto',
  }),
});

const log = section('Logging.', {
  level: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    title: 'log level',
    description: 'Least severe level that is logged.',
    default: 'info',
  }),
});

const simulation = section('The simulated oscillator and sky (timeball simulate only).', {
  seed: whole(
    { minimum: 0, maximum: 4_294_967_295 },
    {
      title: 'seed',
      description: 'Seed of all random numbers: the same seed gives the same run.',
      default: 1,
    },
  ),
  clockOffset: real(
    { minimum: -1_000_000, maximum: 1_000_000, unit: 's' },
    {
      title: 'clock offset',
      description: "Offset in s of the simulated local clock at the start; positive: ahead of the machine's.",
      default: 0.8,
    },
  ),
  rate: real(
    { minimum: -500, maximum: 500, unit: 'ppm' },
    {
      title: 'rate',
      description: 'Frequency error in ppm of the simulated oscillator; positive: it runs fast.',
      default: 12,
    },
  ),
});

/** The whole configuration: all keys present, no others. */
export const ConfigSchema = Type.Object(
  {
    receiver,
    pps,
    clock,
    discipline,
    gate,
    ntp,
    access,
    keys,
    http,
    network,
    state,
    leap,
    log,
    syslog,
    simulation,
  },
  { additionalProperties: false },
);

export type Config = Static<typeof ConfigSchema>;

/** Port of `http.listen` addresses that name none. */
export const DEFAULT_HTTP_PORT = 8080;
