import { describe, expect, test } from 'vitest';
import { LOCKED, query, Server, SYNCHRONISED, textOf, UNSYNCHRONISED } from './query.ts';

const server = new Server();

describe('golden bytes', () => {
  test.each([
    ['read status of the system', '160112340000000000000000', '1681123401250000000000040001973a'],
    ['the same, padded', '16011234000000000000000000000000', '1681123401250000000000040001973a'],
    [
      'read two variables by name, version 2',
      `16020001000000000000000c${hex('stratum,leap')}`,
      `168200010125000000000013${hex('stratum=1, leap=0\r\n')}00`,
    ],
    [
      'read a variable of the reference clock, version 4',
      `2602ffff0000000100000005${hex('reach')}000000`,
      `2682ffff973a00010000000c${hex('reach=0xff\r\n')}`,
    ],
    [
      'leap indicator and status of the request mean nothing',
      `d602ffff1111000100000005${hex('reach')}000000`,
      `1682ffff973a00010000000c${hex('reach=0xff\r\n')}`,
    ],
    ['an unknown variable', `160212340000000000000004${hex('none')}`, '16c212340500000000000000'],
    ['an opcode that is not read', '160a00070000000000000000', '16ca00070300000000000000'],
  ])('%s', (_, request, response) => {
    expect(server.ask(Buffer.from(request, 'hex')).toString('hex')).toBe(response);
  });

  test('unsynchronised: the alarm in the header, the status word and the variables', () => {
    const response = server.ask(query({ data: 'leap,stratum,rootdelay,rootdisp' }), UNSYNCHRONISED);
    expect(response.toString('hex', 0, 8)).toBe('d6821234c1250000');
    expect(textOf(response)).toBe('leap=3, stratum=16, rootdelay=1000.000000, rootdisp=1000.000000\r\n');
    const list = server.ask(query({ operation: 1 }), UNSYNCHRONISED);
    // The selection is taken off the peer's status: 0x973a was sel_pps.peer.
    expect(list.toString('hex')).toBe('d6811234c1250000000000040001903a');
  });
});

describe('variables', () => {
  test('none named: all but those given by name only, in lines', () => {
    expect(textOf(server.ask(query()))).toBe(
      'version="timeball 0.1.0", leap=0, stratum=1, rootdelay=0.000000,\r\n' +
        'rootdisp=0.000092, refid=GPS, clock=0xeeac0640.80000000, offset=-0.000023\r\n',
    );
    expect(textOf(server.ask(query({ association: 1 })))).toBe('srcadr=127.127.20.0, reach=0xff\r\n');
  });

  test('read status of the reference clock lists its variables', () => {
    const response = server.ask(query({ operation: 1, association: 1 }));
    expect(response.readUInt16BE(4)).toBe(0x973a);
    expect(textOf(response)).toBe('srcadr=127.127.20.0, reach=0xff\r\n');
  });

  test('clock, leap and bounds are those of the moment of the answer', () => {
    const now = { ...SYNCHRONISED, seconds: 2_085_978_496, nanos: 0, leap: 1, bound: 1_234.01 };
    const response = server.ask(query({ data: 'clock,leap,rootdisp,rootdist' }), now);
    // The NTP era ends: 2036-02-07 06:28:16 is 0 again.
    expect(textOf(response)).toBe(
      'clock=0x00000000.00000000, leap=1, rootdisp=0.001235, rootdist=0.001235\r\n',
    );
    expect(response.readUInt8(0)).toBe(0x56);
    expect(response.readUInt16BE(4)).toBe(0x4125);
  });

  test.each([
    ['spaces', ' leap , stratum '],
    ['a value, as for writing', 'leap=2,stratum="x"'],
    ['NULs and line ends', 'leap,\r\nstratum\0\0'],
    ['empty names', ',leap,,stratum,'],
  ])('names with %s', (_, data) => {
    expect(textOf(server.ask(query({ data })))).toBe('leap=0, stratum=1\r\n');
  });

  test('a MAC after the data is not looked at', () => {
    const signed = Buffer.concat([query({ data: 'leap' }), Buffer.alloc(20, 0xa5)]);
    expect(textOf(server.ask(signed))).toBe('leap=0\r\n');
  });

  test('what is published later is told later; before the first there is silence', () => {
    const fresh = new Server(null);
    expect(fresh.ask(query())).toHaveLength(0);
    fresh.writer.write(LOCKED);
    expect(textOf(fresh.ask(query({ data: 'offset' })))).toBe('offset=-0.000023\r\n');
    fresh.writer.write({ ...LOCKED, system: [['offset', '1.000000']] });
    expect(textOf(fresh.ask(query({ data: 'offset' })))).toBe('offset=1.000000\r\n');
  });
});

describe('errors: 12 bytes, RFC 9327 §3.4', () => {
  const others = Array.from({ length: 32 }, (_, opcode) => opcode).filter(
    (opcode) => opcode < 1 || opcode > 2,
  );
  test.each(others)('opcode %i is invalid', (operation) => {
    expect(server.ask(query({ operation })).toString('hex')).toBe(
      `16${(0xc0 | operation).toString(16)}12340300000000000000`,
    );
  });

  test.each([
    ['an unknown association', { association: 2 }, '16c21234040000020000' + '0000'],
    ['an unknown association, status', { operation: 1, association: 0xffff }, '16c112340400ffff00000000'],
    ['an unknown name', { data: 'leap,nonsense' }, '16c212340500000000000000'],
    ['a name of the other association', { association: 1, data: 'clock' }, '16c212340500000100000000'],
    ['a name that objects have', { data: '__proto__' }, '16c212340500000000000000'],
  ])('%s', (_, asked, response) => {
    expect(server.ask(query(asked)).toString('hex')).toBe(response);
  });
});

describe('silence', () => {
  test.each([
    ['a response', { operation: 0x82 }],
    ['an error', { operation: 0x42 }],
    ['a first fragment', { operation: 0x22 }],
    ['a later fragment', { offset: 4 }],
    ['more data than there is', { count: 1 }],
    ['more data than a message has', { data: 'x'.repeat(472), count: 469 }],
    ['version 0', { first: 0x06 }],
    ['version 5', { first: 0x2e }],
    ['another mode', { first: 0x17 }],
  ])('%s', (_, asked) => {
    expect(server.ask(query(asked))).toHaveLength(0);
  });

  test('less than a header', () => {
    for (let length = 0; length < 12; length++)
      expect(server.ask(query().subarray(0, length))).toHaveLength(0);
  });

  test('a datagram that was cut, and a slot too small for a header', () => {
    const long = query({ data: 'x'.repeat(400) });
    expect(server.ask(long, SYNCHRONISED, 300)).toHaveLength(0);
    expect(server.ask(query(), SYNCHRONISED, 11)).toHaveLength(0);
  });

  test('the 101st of a burst; 50 a second go on', () => {
    const busy = new Server();
    const answered = (queries: number, wait: number) => {
      let answers = 0;
      for (let i = 0; i < queries; i++) if (busy.ask(query(), SYNCHRONISED, 1600, wait).length > 0) answers++;
      return answers;
    };
    expect(answered(150, 0)).toBe(100);
    expect(answered(1000, 1)).toBe(50);
    // What comes of malformed ones costs nothing.
    for (let i = 0; i < 1000; i++) busy.ask(query({ operation: 0x82 }), SYNCHRONISED, 1600, 0.001);
    expect(answered(1, 20)).toBe(1);
  });
});

function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}
