import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';

const LISTEN_USE = "write 'HOST', 'HOST:PORT', '[IPv6]:PORT' or 'INTERFACE:PORT', in quotes";

/** What is in the file, and the exact lines that its owner sees. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'number out of range',
    '\nntp:\n  port: 99999\n',
    ['f:3:9: ntp.port: 99999 is not a port: use 1 to 65535'],
  ],
  ['number as text', 'ntp:\n  port: "123"\n', ['f:2:9: ntp.port: "123" is not a port: use 1 to 65535']],
  ['fraction', 'ntp:\n  port: 1.5\n', ['f:2:9: ntp.port: 1.5 is not a port: use 1 to 65535']],
  [
    'not a number',
    'discipline: { cableDelay: .nan }',
    ['f:1:27: discipline.cableDelay: NaN is not a delay: use -1000000 to 1000000 ns'],
  ],
  [
    'no value',
    'ntp:\n  port:\n',
    ['f:2:3: ntp.port: has no value: use 1 to 65535, or delete the key for the default 123'],
  ],
  [
    'YAML 1.1 boolean',
    'clock:\n  steer: yes\n',
    ['f:2:10: clock.steer: "yes" is not a boolean: use true or false'],
  ],
  ['not in the list', 'pps:\n  edge: up\n', ['f:2:9: pps.edge: "up" is not an edge: use rising or falling']],
  [
    'neither auto nor in range',
    'receiver:\n  burstOffset: 2001\n',
    ['f:2:16: receiver.burstOffset: 2001 is not a burst offset: use auto, or -200 to 2000 ms'],
  ],
  [
    'a line to be found by what can’t',
    'pps:\n  device: onoff\n  line: auto\n',
    ['f:3:9: pps.line: onoff finds no line by itself: write its GPIO number, or set pps.device to auto'],
  ],
  [
    'a line that there can’t be',
    'pps:\n  line: 1024\n',
    ['f:2:9: pps.line: 1024 is not a GPIO line: use auto, or 0 to 1023'],
  ],
  [
    'odd baud rate',
    'receiver:\n  baud: 1200\n',
    [
      'f:2:9: receiver.baud: 1200 is not a baud rate: use auto, 4800, 9600, 19200, 38400, 57600, 115200, 230400 or 460800',
    ],
  ],
  [
    'device of another kind',
    'pps:\n  device: /dev/ttyS0\n',
    ['f:2:11: pps.device: "/dev/ttyS0" is not a PPS device: use auto, /dev/ppsN, /dev/gpiochipN or onoff'],
  ],
  [
    'refid too long',
    'ntp:\n  refid: GPSPPS\n',
    [
      'f:2:10: ntp.refid: "GPSPPS" is not a reference identifier: use 1 to 4 printable ASCII characters without spaces, e.g. GPS',
    ],
  ],
  [
    'refid not ASCII',
    'ntp:\n  refid: GPß\n',
    [
      'f:2:10: ntp.refid: "GPß" is not a reference identifier: use 1 to 4 printable ASCII characters without spaces, e.g. GPS',
    ],
  ],
  ['slip in a key', 'ntp:\n  prot: 1\n', ['f:2:3: ntp.prot: unknown key: did you mean ntp.port?']],
  [
    'slip in a section',
    'recevier:\n  baud: 9600\n',
    ['f:1:1: recevier: unknown key: did you mean receiver?'],
  ],
  [
    'key in other spelling',
    'pps: {}\nntp:\n  ref_id: X\n',
    ['f:3:3: ntp.ref_id: unknown key: did you mean ntp.refid?'],
  ],
  ['key in the wrong section', 'refid: GPS\n', ['f:1:1: refid: unknown key: did you mean ntp.refid?']],
  [
    'unknown key',
    'ntp:\n  multicast: 1\n',
    ['f:2:3: ntp.multicast: unknown key: delete it, or use one of listen, port, refid, workers, servers'],
  ],
  [
    'prototype as key',
    'ntp:\n  __proto__: 1\n',
    ['f:2:3: ntp.__proto__: unknown key: delete it, or use one of listen, port, refid, workers, servers'],
  ],
  [
    'section that is none',
    'ntp: 123\n',
    [
      'f:1:6: ntp: 123 is not a section: write KEY: VALUE lines, with keys of listen, port, refid, workers, servers',
    ],
  ],
  [
    'file that is no map',
    '- a\n',
    [
      'f:1:1: a list is not a section: write KEY: VALUE lines, with keys of receiver, pps, clock, discipline, gate, ntp, access, keys, http, network, state, leap, log, syslog, simulation',
    ],
  ],
  [
    'list expected',
    'http:\n  listen: 127.0.0.1:80\n',
    ['f:2:11: http.listen: "127.0.0.1:80" is not a list of addresses: write a list, e.g. ["127.0.0.1:8080"]'],
  ],
  ['empty list', 'ntp:\n  listen: []\n', ['f:2:3: ntp.listen: has 0 items: use 1 to 64']],
  [
    'address without quotes',
    'ntp:\n  listen:\n    - ::\n',
    [`f:3:7: ntp.listen[0]: a map is not a listen address: ${LISTEN_USE}`],
  ],
  [
    'empty item',
    'ntp:\n  listen: [10.0.0, ]\n  port: 0',
    [
      'f:2:12: ntp.listen[0]: "10.0.0" is not an address: use an IP address or an interface, names are not looked up',
      'f:3:9: ntp.port: 0 is not a port: use 1 to 65535',
    ],
  ],
  [
    'bad address and bad port, both told',
    "ntp:\n  listen:\n    - gps.example\n    - '[::1]:70000'\n    - 7\n",
    [
      'f:3:7: ntp.listen[0]: "gps.example" is not an address: use an IP address or an interface, names are not looked up',
      'f:4:7: ntp.listen[1]: "[::1]:70000" has no valid port: use 1 to 65535',
      `f:5:7: ntp.listen[2]: 7 is not a listen address: ${LISTEN_USE}`,
    ],
  ],
  [
    'address twice',
    "ntp:\n  port: 1123\n  listen: ['::1', '127.0.0.1', '[::1]:1123']\n",
    ['f:3:32: ntp.listen[2]: [::1]:1123 is listed twice: delete one'],
  ],
  [
    'interface twice',
    'ntp:\n  listen: [eth0, br-lan.10, eth0:123]\n',
    ['f:2:29: ntp.listen[2]: eth0:123 is listed twice: delete one'],
  ],
  [
    'wildcard beside an interface and an address',
    'ntp:\n  listen:\n    - eth0\n    - 0.0.0.0:123\n    - 127.0.0.1:124\n    - 127.0.0.2\n',
    [
      "f:4:7: ntp.listen[1]: 0.0.0.0:123 can't be bound beside eth0:123 (ntp.listen[0]): 0.0.0.0:123 takes every address and interface already: delete one, or give one another port",
      "f:6:7: ntp.listen[3]: 127.0.0.2:123 can't be bound beside eth0:123 (ntp.listen[0]), an address beside an interface: list interfaces only or addresses only, or give one another port",
    ],
  ],
  [
    'address twice, in two forms',
    "ntp:\n  listen: ['::1', '0::1']\n",
    [
      "f:2:19: ntp.listen[1]: [0::1]:123 can't be bound beside [::1]:123 (ntp.listen[0]): they are the same address: delete one",
    ],
  ],
  [
    'wildcards for HTTP',
    "http:\n  listen: ['0.0.0.0:80', '[::]:80']\n",
    [
      "f:2:26: http.listen[1]: [::]:80 can't be bound beside 0.0.0.0:80 (http.listen[0]): [::]:80 takes every address and interface already: delete one, or give one another port",
    ],
  ],
  [
    'localhost for NTP',
    'ntp:\n  listen: [localhost]\n',
    ['f:2:12: ntp.listen[0]: "localhost" is not an address: use 127.0.0.1 or [::1], names are not looked up'],
  ],
  [
    'host name for HTTP',
    'http:\n  listen: [clock.example]\n',
    [
      'f:2:12: http.listen[0]: "clock.example" is not an address: use an IP address, localhost or an interface, names are not looked up',
    ],
  ],
  [
    'interface beside an address for HTTP',
    "http:\n  listen: ['127.0.0.1:8080', eth0]\n",
    [
      "f:2:30: http.listen[1]: eth0:8080 can't be bound beside 127.0.0.1:8080 (http.listen[0]), an address beside an interface: list interfaces only or addresses only, or give one another port",
    ],
  ],
  [
    'no thread',
    'ntp:\n  workers: 0\n',
    ['f:2:12: ntp.workers: 0 is not a number of threads: use auto, or 1 to 64 threads'],
  ],
  [
    'too many threads',
    'ntp:\n  workers: 65\n',
    ['f:2:12: ntp.workers: 65 is not a number of threads: use auto, or 1 to 64 threads'],
  ],
  [
    'key file that is no path',
    'keys:\n  file: ntp.keys\n',
    [
      `f:2:9: keys.file: "ntp.keys" is not a key file: use an absolute path such as /etc/timeball.keys, or '' for none`,
    ],
  ],
  ['slip in keys', 'keys:\n  fiel: /a\n', ['f:2:3: keys.fiel: unknown key: did you mean keys.file?']],
  [
    'lock bound above the holdover limit',
    'discipline:\n  holdoverLimit: 0.05\n',
    [
      'f:2:18: discipline.holdoverLimit: 0.05 ms is below discipline.lockBoundUser (100 us): raise it or lower the lock bound',
    ],
  ],
  [
    'one wrong value brings no second problem with it',
    'discipline:\n  holdoverLimit: 0.05\n  lockBoundUser: x\n',
    ['f:3:18: discipline.lockBoundUser: "x" is not a lock bound: use 0.1 to 100000 us'],
  ],
  [
    'key twice',
    'ntp:\n  port: 1\n  refid: A\n  port: 2\n',
    ['f:4:3: ntp.port: is given twice, first on line 2: delete one'],
  ],
  [
    'section twice, and a wrong value',
    'ntp:\n  port: 1\nlog:\n  level: loud\nntp:\n  refid: A\n',
    [
      'f:4:10: log.level: "loud" is not a log level: use fatal, error, warn, info, debug, trace or silent',
      'f:5:1: ntp: is given twice, first on line 1: delete one',
    ],
  ],
  ['tab', 'ntp:\n\tport: 123\n', ['f:2:1: tabs do not indent in YAML: use spaces']],
  [
    'bracket without quotes',
    'http:\n  listen:\n    - [::1]:8080\n',
    ["f:3:12: an address in brackets needs quotes: write '[IPv6]:PORT'"],
  ],
  [
    'no space after the colon',
    'ntp:\n  port:123\n  refid: A\n',
    ['f:2:3: a key without a value: write KEY: VALUE, with a space after the colon'],
  ],
  [
    'uneven indentation',
    'ntp:\n  port: 1\n refid: A\n',
    [
      'f:3:1: the indentation does not fit the lines above: line up the keys of a section, close every bracket',
    ],
  ],
  [
    'open quote',
    'ntp:\n  refid: "GPS\n',
    ['f:3:1: a quote or bracket is not closed, or a colon is missing: complete it'],
  ],
  [
    'two documents',
    'ntp: {}\n---\nlog: {}\n',
    ['f:2:1: a second document begins here: keep one, without lines of ---'],
  ],
  [
    'tag',
    'ntp: !!js/function x\n',
    ['f:1:6: Unresolved tag: tag:yaml.org,2002:js/function: correct the YAML here'],
  ],
  [
    'control characters do not reach the terminal',
    'ntp:\n  "a\\e[2J\\nb": 1\n',
    ['f:2:3: ntp.a [2J b: unknown key: delete it, or use one of listen, port, refid, workers, servers'],
  ],
];

test.each(CASES)('%s', (_, text, lines) => {
  const result = parseConfig(text, 'f');
  expect('errors' in result ? result.errors.map(formatProblem) : result.config).toEqual(lines);
});
