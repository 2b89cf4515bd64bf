/** The numbers of the socket calls against the system's own headers, where there are a compiler and headers to ask. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as socketCalls from '../../../hw/linux/socket-calls.ts';

const INCLUDES = ['sys/socket.h', 'netinet/in.h', 'poll.h', 'errno.h', 'time.h', 'sys/eventfd.h']
  .concat(['linux/net_tstamp.h', 'linux/sock_diag.h', 'linux/errqueue.h', 'stdio.h'])
  .map((header) => `#include <${header}>\n`)
  .join('');

/** Where the name here is not the header's. */
const IN_HEADERS: Record<string, string> = {
  SOF_TX_SOFTWARE: 'SOF_TIMESTAMPING_TX_SOFTWARE',
  SOF_RX_SOFTWARE: 'SOF_TIMESTAMPING_RX_SOFTWARE',
  SOF_SOFTWARE: 'SOF_TIMESTAMPING_SOFTWARE',
};
const NUMBERS = Object.entries(socketCalls).filter(([, value]) => typeof value === 'number');

function obstacle(): string {
  if (process.arch !== 'x64' && process.arch !== 'arm64') return 'not a 64-bit machine';
  const probe = spawnSync('gcc', ['-D_GNU_SOURCE', '-fsyntax-only', '-xc', '-'], { input: INCLUDES });
  return probe.status === 0 ? '' : 'no gcc, or no headers';
}

const missing = obstacle();

it.skipIf(missing !== '')(`socket numbers equal the headers’${missing && ` (skipped: ${missing})`}`, () => {
  const lines = NUMBERS.map(([name]) => `printf("%d\\n", (int)(${IN_HEADERS[name] ?? name}));`);
  const folder = mkdtempSync(join(tmpdir(), 'timeball-headers-'));
  try {
    writeFileSync(join(folder, 'ask.c'), `${INCLUDES}int main(void) {\n${lines.join('\n')}\nreturn 0; }\n`);
    execFileSync('gcc', ['-D_GNU_SOURCE', '-o', join(folder, 'ask'), join(folder, 'ask.c')]);
    const answers = execFileSync(join(folder, 'ask'), { encoding: 'latin1' }).trim().split('\n');
    const told = NUMBERS.map(([name], index) => [name, Number(answers[index])]);
    expect(told).toEqual(NUMBERS);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
