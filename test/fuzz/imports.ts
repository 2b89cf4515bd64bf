/** ntp.conf and chrony.conf: real ones, changed and mixed. Every line has its finding, what comes out is sound. */
import { type ImportFiles, importConfig, type Syntax } from '../../src/config/import/import-config.ts';
import { parseConfig } from '../../src/config/load.ts';
import { Dice } from './dice.ts';
import { count, must, type Run, type Target } from './target.ts';

/** As they are found on servers. */
const LINES: Readonly<Record<Syntax, readonly string[]>> = {
  ntp: [
    'driftfile /var/lib/ntp/ntp.drift',
    'leapfile /usr/share/zoneinfo/leap-seconds.list',
    'statsdir /var/log/ntpstats/',
    'filegen loopstats file loopstats type day enable',
    'server 127.127.20.0 mode 17 minpoll 4 prefer',
    'fudge 127.127.20.0 flag1 1 time2 0.420 refid GPS',
    'refclock nmea unit 0 mode 7 flag1 1 time2 0.260 baud 57600',
    'pool 2.pool.ntp.org iburst',
    'restrict default kod nomodify nopeer noquery limited',
    'restrict -6 default kod nomodify notrap nopeer noquery # IPv6',
    'restrict source notrap nomodify noquery',
    'restrict 127.0.0.1',
    'restrict ::1',
    'restrict 192.168.7.0 mask 255.255.255.0 nomodify notrap',
    'restrict 2001:db8:7:: mask ffff:ffff:ffff:: notrust',
    'restrict 10.20.0.0/16 nomodify limited',
    'unrestrict 10.20.3.0/24 limited',
    'restrict 10.66.0.0 mask 255.255.0.0 ignore',
    'discard average 4 minimum 1',
    'interface ignore wildcard',
    'interface listen 10.0.0.5',
    'nic listen eth1',
    'keys /etc/ntp/keys',
    'trustedkey 1 3 ( 7 ... 9 )',
    'requestkey 8',
    'tinker panic 0',
    'tos minclock 4 minsane 3',
    'disable monitor',
    'includefile /etc/ntp/more.conf',
    'nts enable',
    'logfile "/var/log/ntp d.log"',
  ],
  chrony: [
    'driftfile /var/lib/chrony/drift',
    'leapsectz right/UTC',
    'leapseclist /usr/share/zoneinfo/leap-seconds.list',
    'makestep 1.0 3',
    'rtcsync',
    'refclock PPS /dev/pps0 lock NMEA refid PPS prefer',
    'refclock SHM 0 offset 0.136 delay 0.2 refid NMEA noselect',
    'pool pool.ntp.org iburst maxsources 3',
    'server time.example.net iburst nts',
    'allow',
    'allow all 10',
    'allow 192.168',
    'allow 192.168.7.0/24',
    'allow 2001:db8::/32',
    'deny 192.168.7.66',
    'deny all 10.66',
    'deny ::/0',
    'local stratum 8 orphan',
    'ratelimit interval 1 burst 16 leak 2',
    'ratelimit',
    'port 123',
    'bindaddress 192.168.7.1',
    'binddevice eth0',
    'keyfile /etc/chrony/chrony.keys',
    'cmdallow 127.0.0.1',
    'hwtimestamp *',
    'include /etc/chrony/more.conf',
    'include /etc/chrony/*.conf',
    'confdir /etc/chrony/conf.d /run/chrony.d',
    '! old: allow 172.16/12',
    'logdir /var/log/chrony',
  ],
};
const WORDS = [
  ...[
    'default',
    'mask',
    'all',
    'source',
    'listen',
    'drop',
    'ignore',
    'limited',
    'notrust',
    'flake',
    'constructor',
  ],
  ...[
    '0.0.0.0',
    '255.255.0.255',
    '::',
    '::ffff:10.0.0.0/104',
    'fe80::1%eth0',
    '10/8',
    '1.2.3',
    '0/0',
    '/129',
  ],
  ...[
    '-1',
    '1e9',
    '99999999999',
    '0x10',
    '...',
    '"',
    '#',
    '!',
    '\r',
    '\u0000',
    '\u001b[2J',
    '\ud800',
    '__proto__',
  ],
];
const KEYS = '1 SHA1 HEX:0102030405060708090a\n3 MD5 abcdefghij\n';
const LINE_ENDS = ['\n', '\n', '\r\n', '\r'];
const LONGEST_MESSAGE = 1_000;
/** Lines that a file may include, by itself or again and again, multiply; each is told of. */
const MOST_FINDINGS_PER_LINE = 4;

class ImportRun implements Run {
  readonly tally = new Map<string, number>();
  readonly #dice: Dice;
  #syntax: Syntax | undefined;
  #texts: readonly string[] = [];

  constructor(seed: number) {
    this.#dice = new Dice(seed);
  }

  input(): unknown {
    const [text = '', included = ''] = this.#texts;
    return { syntax: this.#syntax, text, included, hex: Buffer.from(text, 'utf16le').toString('hex') };
  }

  step(): void {
    const dice = this.#dice;
    const syntax = dice.pick(['ntp', 'chrony'] as const);
    this.#texts = [this.#anyText(syntax), this.#anyText(syntax)];
    this.#syntax = dice.oneIn(6) ? undefined : syntax;
    const [text = '', included = ''] = this.#texts;
    const result = importConfig(text, '/etc/imported.conf', filesOf(included), this.#syntax);
    if ('error' in result) {
      must(this.#syntax === undefined, 'refused although told whose it is');
      count(this.tally, 'unclear');
    } else this.#look(text, included, result);
  }

  #anyText(syntax: Syntax): string {
    const dice = this.#dice;
    if (dice.oneIn(12))
      return Buffer.from(dice.bytes(dice.below(300))).toString(dice.pick(['utf8', 'latin1']));
    const line = () => dice.pick(LINES[dice.oneIn(20) ? dice.pick(['ntp', 'chrony'] as const) : syntax]);
    const text = Array.from({ length: dice.below(16) }, line).join(dice.pick(LINE_ENDS));
    return dice.oneIn(4) ? text : dice.mutatedText(text, [...WORDS, ...LINES[syntax]]);
  }

  #look(
    text: string,
    included: string,
    result: Exclude<ReturnType<typeof importConfig>, { error: string }>,
  ): void {
    const { syntax, findings, changes, yaml } = result;
    const told = new Set(findings.filter(({ file }) => file === '').map(({ line }) => line));
    const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
    const comment = syntax === 'ntp' ? /^\s*(#|$)/ : /^\s*([!;#%]|$)/;
    for (const [index, line] of lines.entries())
      must(told.has(index + 1) === !comment.test(line), `line ${index + 1} is not accounted for`);
    const files = new Set(findings.map(({ file }) => file)).size;
    const all = lines.length + files * 200 * (included.split(/[\r\n]/).length + 1);
    must(findings.length <= all * MOST_FINDINGS_PER_LINE, `${findings.length} findings`);
    for (const { directive, message, outcome } of findings) {
      count(this.tally, outcome);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      must(!/[\u0000-\u001f]/.test(directive + message), `a message that is no line: ${message}`);
      must(message.length <= LONGEST_MESSAGE, `a message of ${message.length} characters`);
    }
    const refused = findings.some(({ outcome }) => outcome === 'refused');
    must(!refused || (changes.length === 0 && yaml === ''), 'settings from a file that is refused');
    const parsed = parseConfig(yaml, 'imported');
    must(!('errors' in parsed), `not a sound configuration: ${JSON.stringify(parsed)}`);
  }
}

function filesOf(included: string): ImportFiles {
  return {
    read: (path) => {
      if (path.endsWith('keys')) return { text: KEYS };
      return path.endsWith('.conf') ? { text: included } : { code: 'ENOENT', reason: 'does not exist' };
    },
    list: (directory) => (directory.startsWith('/etc') ? ['a.conf', 'b.conf', 'keys'] : []),
  };
}

export const imports: Target = {
  name: 'import',
  steps: 1_000,
  reaches: ['applied', 'not applicable', 'unknown', 'warning', 'refused', 'unclear'],
  start: (seed) => new ImportRun(seed),
};
