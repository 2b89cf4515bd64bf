/** What the screen shows: name, addresses, state, time, error bound, and the claim code while nobody has claimed it. */
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { askAppliance, CONTROL_SOCKET } from '../../src/cli/ask-appliance.ts';
import { time } from '../../src/cli/time-text.ts';
import type { Status } from '../../src/status/status.ts';

const EVERY_MS = 10_000;
const CLEAR = '\u001b[2J\u001b[H';

show();
setInterval(show, EVERY_MS);

async function show(): Promise<void> {
  const status = await askAppliance<Status>('console', { socket: CONTROL_SOCKET }, '/api/v1/status').catch(
    () => undefined,
  );
  const rows: [string, string][] = [
    ['Timeball', `${hostname()} (https://${hostname()}.local:8080)`],
    ['addresses', addresses().join(', ') || 'none: is the network cable plugged in?'],
    ['state', status === undefined ? 'starting' : `${status.state} ${status.reason}`.trim()],
    ['UTC', status?.utc ?? 'not known yet'],
    ['error bound', status === undefined ? '-' : time(status.clock.errorBoundNs)],
    ...claimCode(),
  ];
  process.stdout.write(`${CLEAR}${rows.map(([name, value]) => `${name.padEnd(12)} ${value}\r\n`).join('')}`);
}

function addresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
}

function claimCode(): [string, string][] {
  try {
    return [['claim code', readFileSync('/run/timeball-claim-code', 'utf8').trim()]];
  } catch {
    return [];
  }
}
