/** A machine whose OpenSSL refuses digests, as under FIPS: a process of its own, since the mode is the whole process's. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { ROOT, run } from '../../support/program.ts';

const KEYS = `
1 MD5 first
2 second
3 HEX:0102
4 AES128 0123456789abcdef
`;

const SCRIPT = `
import { setFips } from 'node:crypto';
setFips(true);
const { parseKeyFile } = await import(${JSON.stringify(pathToFileURL(join(ROOT, 'dist/src/access/keys/key-file.js')))});
const { keys, problems } = parseKeyFile(${JSON.stringify(KEYS)}, '/k');
console.log(JSON.stringify({ ids: keys.map(({ id }) => id), problems }));
`;

test('keys of a digest that is switched off are refused, with a type and without', async () => {
  const { out, err } = await run([process.execPath, '--input-type=module', '-e', SCRIPT]);
  expect(err).toBe('');
  const off = "switched off in this machine's OpenSSL: use another type, such as AES128";
  expect(JSON.parse(out)).toEqual({
    ids: [4],
    problems: [
      `/k:2: key 1: MD5 is ${off}`,
      `/k:3: key 2: it has no type, which means MD5, and that is ${off}`,
      `/k:4: key 3: it has no type, which means MD5, and that is ${off}`,
    ],
  });
});
