import { chmodSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type KeyFileLoaded,
  LARGEST_FILE_BYTES,
  loadKeyFile,
  MOST_KEYS,
  parseKeyFile,
} from '../../../src/access/keys/key-file.ts';
import { formatPrefix } from '../../../src/access/prefix.ts';
import { Scratch } from '../../support/scratch.ts';
import { hex, seeded } from './seeded.ts';

const FILE = '/etc/ntp.keys';
const HEX_128 = '6CD5CA79D68B815093BA1DEC9DBD691C';
const HEX_160 = '57545218761536EE5FCBCEF67D9F720DE462FB4B';
const parse = (...lines: string[]) => parseKeyFile(lines.join('\n'), FILE);
const shown = ({ keys }: KeyFileLoaded) => keys.map(({ id, type, secret }) => [id, type, hex(secret)]);
const text = (plain: string) => hex(new TextEncoder().encode(plain));

describe('good lines', () => {
  test.each<[string, number, string, string]>([
    // chronyc keygen
    [`1 SHA1 HEX:${HEX_160}`, 1, 'SHA1', HEX_160],
    [`16 SHA256 HEX:9001F203D6333523E320864C04259B20`, 16, 'SHA256', '9001F203D6333523E320864C04259B20'],
    [`27 SHA512 HEX:${HEX_160.repeat(3)}`, 27, 'SHA512', HEX_160.repeat(3)],
    [`1 AES128 HEX:${HEX_128}`, 1, 'AES128', HEX_128],
    [`4294967295 SHA1 HEX:${HEX_160.toLowerCase()}`, 4_294_967_295, 'SHA1', HEX_160],
    [`9 SHA512 HEX:${'5A'.repeat(512)}`, 9, 'SHA512', '5A'.repeat(512)],
    // chrony.keys
    ['1 ALongAndRandomPassword', 1, 'MD5', text('ALongAndRandomPassword')],
    ['10 tulip', 10, 'MD5', text('tulip')],
    ['10 abcdef0123456789abcdef0123456789', 10, 'MD5', text('abcdef0123456789abcdef0123456789')],
    ['11 HEX:0102', 11, 'MD5', '0102'],
    ['20 MD5 ASCII:crocus', 20, 'MD5', text('crocus')],
    [
      `25 SHA1 HEX:933F62BE1D604E68A81B557F18CFA200483F5B70`,
      25,
      'SHA1',
      '933F62BE1D604E68A81B557F18CFA200483F5B70',
    ],
    ['3 SHA1 ASCII:HEX:00', 3, 'SHA1', text('HEX:00')],
    // ntp-keygen, ntpkeygen: a comment behind
    ["1 MD5 :KOnzd'cX*h^}>S0qHB6  # MD5 key", 1, 'MD5', text(":KOnzd'cX*h^}>S0qHB6")],
    [`11 SHA1 ${HEX_160.toLowerCase()}  # SHA1 key`, 11, 'SHA1', HEX_160],
    [`21 AES128CMAC ${HEX_128}  # AES128CMAC key`, 21, 'AES128', HEX_128],
    [`1 AES ${HEX_128}`, 1, 'AES128', HEX_128],
    // ntp.keys
    ['5 M secret', 5, 'MD5', text('secret')],
    ['5 m secret', 5, 'MD5', text('secret')],
    ['5 SHA deadbeefdeadbeefdead', 5, 'SHA1', text('deadbeefdeadbeefdead')],
    ['5 SHA deadbeefdeadbeefdeadbe', 5, 'SHA1', 'deadbeefdeadbeefdeadbe'],
    ['5 aes-128 0123456789abcdef', 5, 'AES128', text('0123456789abcdef')],
    [`5 AES-CMAC ${HEX_128}`, 5, 'AES128', HEX_128],
    ['5 sha-256 longer-than-20-and-no-hex', 5, 'SHA256', text('longer-than-20-and-no-hex')],
    // spaces
    ['\t 007 \t SHA1\tabcdefghij  \r', 7, 'SHA1', text('abcdefghij')],
  ])('%s', (line, id, type, secret) => {
    const file = parse(line);
    expect(file.problems).toEqual([]);
    expect(shown(file)).toEqual([[id, type, secret.toLowerCase()]]);
    expect(file.keys[0]?.from).toEqual([]);
  });

  test('comments, blank lines, a byte order mark and the line ends of Windows', () => {
    const file = parseKeyFile(
      '\uFEFF# ntpkey_MD5key_pogo\r\n\r\n  # more\r\n! a\r\n; b\r\n% c\r\n1 SHA1 abcdefghij\r\n',
      FILE,
    );
    expect(shown(file)).toEqual([[1, 'SHA1', text('abcdefghij')]]);
    expect([...file.problems, ...file.warnings]).toEqual([]);
  });

  test('the addresses that may use a key (ntpd 4.2.8)', () => {
    const { keys, problems } = parse(
      `3 SHA1 ${HEX_160} 192.0.2.7,198.51.100.0/24,2001:db8::/32,::1 # site B`,
    );
    expect(problems).toEqual([]);
    expect(keys[0]?.from.map(formatPrefix)).toEqual([
      '192.0.2.7/32',
      '198.51.100.0/24',
      '2001:db8::/32',
      '::1/128',
    ]);
  });
});

describe('bad lines', () => {
  test.each<[string, string]>([
    ['0 SHA1 sesame', 'begin with a key number'],
    ['4294967296 SHA1 sesame', 'begin with a key number'],
    ['-1 SHA1 sesame', 'begin with a key number'],
    ['0x10 SHA1 sesame', 'begin with a key number'],
    ['1.5 SHA1 sesame', 'begin with a key number'],
    ['99999999999999999999 SHA1 sesame', 'begin with a key number'],
    ['sesame', 'begin with a key number'],
    ['7', 'key 7 has no type'],
    ['7 # SHA1 sesame', 'key 7 has no type'],
    ['7 SHA1', 'key 7: it has a type but no secret'],
    ['7 SHA1 # sesame', 'key 7: it has a type but no secret'],
    ['7 open sesame', 'key 7: its second word is not a type: use'],
    ['7 AES256 sesame', 'key 7: AES256 is not supported: use MD5, SHA1, SHA256, SHA512 or AES128'],
    ['7 aes-256-cmac sesame', 'AES-256-CMAC is not supported'],
    ['7 SHA3-256 sesame', 'SHA3-256 is not supported'],
    ['7 SHA384 sesame', 'SHA384 is not supported'],
    ['7 SHA1 HEX:', 'secret is empty'],
    ['7 SHA1 ASCII:', 'secret is empty'],
    ['7 HEX:', 'secret is empty'],
    ['7 SHA1 HEX:sesame', 'other characters than hex digits'],
    ['7 SHA1 HEX:123', 'odd number of hex digits'],
    ['7 SHA1 0123456789abcdef01234', 'odd number of hex digits'],
    ['7 SHA1 sesame\u00e9', 'printable ASCII'],
    ['7 SHA1 ses\u0000ame', 'printable ASCII'],
    ['7 SHA1 sesame#open', 'where ntpd sees a comment'],
    ['7 AES128 sesame', 'has 6 bytes, AES128 takes 16'],
    ['7 AES128 sesamesesamesesame', 'has 18 bytes, AES128 takes 16'],
    [`7 AES128 HEX:${HEX_160}`, 'has 20 bytes, AES128 takes 16'],
    [`7 SHA1 HEX:${'00'.repeat(513)}`, 'has 513 bytes'],
    ['7 SHA1 sesame 192.0.2.7, 192.0.2.8', 'there is more than ID TYPE SECRET ADDRESSES'],
    ['7 SHA1 open sesame', 'no. 1 of its addresses'],
    ['7 SHA1 sesame 192.0.2.7,', 'no. 2 of its addresses'],
    ['7 SHA1 sesame 192.0.2.0/33', 'no. 1 of its addresses'],
    [`7 SHA1 sesame ${'::1,'.repeat(64)}::2`, 'it names 65 addresses'],
  ])('%j', (line, message) => {
    const file = parse('1 SHA1 abcdefghij', line, '2 SHA1 abcdefghij');
    expect(file.keys.map(({ id }) => id)).toEqual([1, 2]);
    expect(file.problems).toHaveLength(1);
    const [problem = ''] = file.problems;
    expect(problem).toMatch(/^\/etc\/ntp\.keys:2: [^\n]*: [^\n]+$/);
    expect(problem).toContain(message);
    expect(problem).not.toContain('sesame');
  });

  test('of a number given twice, the first line counts', () => {
    const file = parse('5 SHA1 abcdefghij', '5 SHA1 klmnopqrst');
    expect(shown(file)).toEqual([[5, 'SHA1', text('abcdefghij')]]);
    expect(file.problems).toEqual([
      `${FILE}:2: key 5 is also on line 1, which counts: remove one of them or give it another number`,
    ]);
  });

  test('more keys than there is room for', () => {
    const lines = Array.from({ length: MOST_KEYS + 50 }, (_, i) => `${i + 1} SHA1 abcdefghij`);
    const file = parse(...lines);
    expect(file.keys).toHaveLength(MOST_KEYS);
    expect(file.problems).toEqual([expect.stringContaining(`${FILE}:${MOST_KEYS + 1}: there are more than`)]);
    expect(parse(...lines.slice(0, MOST_KEYS), '# end', '').problems).toEqual([]);
  });

  test('the list of problems is bounded', () => {
    const { problems } = parse(...new Array(5000).fill('?'));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe(`${FILE}: 4900 more lines are wrong: correct these first`);
  });
});

describe('warnings', () => {
  test('none for good keys', () => {
    expect(parse(`1 SHA1 ${HEX_160}`, `2 AES128 ${HEX_128}`, '3 SHA256 abcdefghij').warnings).toEqual([]);
  });

  test('MD5, one line for all of them', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `${i + 1} MD5 abcdefghijklmnop`);
    expect(parse(...lines, `30 SHA1 ${HEX_160}`).warnings).toEqual([
      `${FILE}: keys 1, 2, 3, 4, 5, 6, 7, 8 and 12 more: MD5 is not safe any more (RFC 8573): use AES128 or SHA256`,
    ]);
  });

  test('short secrets', () => {
    expect(parse('1 SHA1 abcdefghi', '2 SHA1 abcdefghij').warnings).toEqual([
      expect.stringContaining(`${FILE}: key 1: a secret shorter than 80 bits`),
    ]);
  });

  test('hex without HEX: in a file of chrony, which takes it as text', () => {
    const line = `2 SHA1 ${HEX_160}`;
    const expected = [
      expect.stringContaining(`${FILE}: key 2: read as hex as ntpd does, chronyd would read text`),
    ];
    expect(parse(`1 SHA1 HEX:${HEX_160}`, line).warnings).toEqual(expected);
    expect(parse(line).warnings).toEqual([]);
  });
});

test('never throws, whatever the text', () => {
  const random = seeded(822);
  const pieces = ' \t\n\n\n#,:/0123456789afMSHA\u00e9\u0000\r'.split('');
  pieces.push(
    ' MD5 ',
    ' SHA1 ',
    ' AES128 ',
    'HEX:',
    'ASCII:',
    '\n1 ',
    '\n2 SHA1 ',
    '192.0.2.0/24',
    '::',
    HEX_128,
  );
  let keys = 0;
  for (let round = 0; round < 3000; round++) {
    let content = '';
    for (let n = random() * 60; n > 0; n--) content += pieces[Math.floor(random() * pieces.length)];
    const file = parseKeyFile(content, FILE);
    keys += file.keys.length;
    for (const { id, secret } of file.keys)
      if (!(id >= 1 && id <= 0xffff_ffff && secret.length >= 1 && secret.length <= 512))
        expect.fail(JSON.stringify(content));
    for (const line of [...file.problems, ...file.warnings])
      if (!line.startsWith(FILE) || line.includes('\n') || line.length > 300) expect.fail(line);
  }
  expect(keys).toBeGreaterThan(300);
});

test('a line of a megabyte takes no time to speak of', () => {
  for (const piece of [' ', 'a ', '#', '1 ', ',', '1 SHA1 a,', 'f'])
    expect(parseKeyFile(`1 SHA1 ${piece.repeat(1_000_000 / piece.length)}`, FILE).keys.length).toBeLessThan(
      2,
    );
}, 2000);

describe('loadKeyFile', () => {
  const scratch = new Scratch();
  afterAll(() => scratch.dispose());
  const put = (content: string, mode: number) => {
    const path = scratch.write('keys', content);
    chmodSync(path, mode);
    return path;
  };
  const putBytes = (...bytes: number[]) => {
    const path = `${scratch.path}/bytes`;
    writeFileSync(path, Uint8Array.from(bytes));
    return path;
  };

  test('a file that is its owner’s alone', () => {
    const file = loadKeyFile(put(`1 AES128 HEX:${HEX_128}\n`, 0o600));
    expect(shown(file)).toEqual([[1, 'AES128', HEX_128.toLowerCase()]]);
    expect([...file.problems, ...file.warnings]).toEqual([]);
  });

  test.each([0o644, 0o640, 0o604, 0o620, 0o602])('one of mode %o is open to others', (mode) => {
    const path = put(`1 AES128 HEX:${HEX_128}\n`, mode);
    const { keys, problems, warnings } = loadKeyFile(path);
    expect(keys).toHaveLength(1);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      `${path}: others than its owner may read or change it (mode 0${mode.toString(8)}): run chmod 600 on it`,
    ]);
  });

  test('its own name is in the messages', () => {
    const path = put('1 SHA1\n', 0o600);
    expect(loadKeyFile(path).problems[0]).toMatch(`${path}:1: key 1`);
  });

  test.each([
    ['a missing file', () => `${scratch.path}/none`, 'does not exist'],
    ['a folder', () => scratch.path, 'is a directory'],
    ['a device', () => '/dev/null', 'not a regular file'],
    [
      'one that is too big',
      () => put('#'.repeat(LARGEST_FILE_BYTES + 1), 0o600),
      'larger than 1048576 bytes',
    ],
    ['one that is not text', () => putBytes(0x31, 0xff), 'not UTF-8 text'],
  ])('%s', (_, path, reason) => {
    const { keys, problems } = loadKeyFile(path());
    expect(keys).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(reason)]);
  });
});
