/** chrony.conf of chronyd. */
import { antennaHint } from '../antenna-hint.ts';
import type { Draft } from '../draft.ts';
import { isFilePath } from '../file-path.ts';
import { leapFile } from '../leap-file.ts';
import type { SourceLine } from '../source-lines.ts';
import { ChronyAccess } from './chrony-access.ts';
import { withoutCounterpart } from './no-counterpart.ts';
import { readRateLimit } from './rate-limit.ts';
import { ChronySockets } from './sockets.ts';

export function importChrony(lines: readonly SourceLine[], draft: Draft): void {
  const access = new ChronyAccess(draft);
  const sockets = new ChronySockets(draft);
  for (const line of lines) directive(line, draft, access, sockets);
  sockets.finish();
  access.finish({ serves: sockets.serves, limited: draft.settings.rateLimit !== undefined });
}

/** Names of directives are not case-sensitive. */
function directive(line: SourceLine, draft: Draft, access: ChronyAccess, sockets: ChronySockets) {
  const name = (line.words[0] as string).toLowerCase();
  switch (name) {
    case 'allow':
    case 'deny':
      return access.add(line, name === 'allow');
    case 'ratelimit':
      return rateLimit(line, draft);
    case 'bindaddress':
      return sockets.address(line);
    case 'binddevice':
      return sockets.device(line);
    case 'port':
      return sockets.port(line);
    case 'keyfile':
      return keyFile(line, draft);
    case 'leapseclist':
      return leapFile(line, draft);
    case 'refclock':
      return draft.add(line, 'not applicable', aboutRefclock(line.words));
    default:
      return other(name, line, draft);
  }
}

function other(name: string, line: SourceLine, draft: Draft) {
  const reason = withoutCounterpart(name);
  if (reason !== undefined) return draft.add(line, 'not applicable', reason);
  draft.add(line, 'unknown', 'no directive of chronyd: nothing is taken over');
}

/** The last line counts as a whole. */
function rateLimit(line: SourceLine, draft: Draft) {
  const read = readRateLimit(line.words.slice(1));
  if ('error' in read) return draft.add(line, 'refused', `${read.error}: correct it`);
  const { limit, kod } = read;
  draft.settings.rateLimit = limit;
  const text = `an answer each ${limit.interval} s, ${limit.burst} in a row, 1 in ${limit.leak} over the limit`;
  const left =
    kod === undefined ? '' : `; kod ${kod} is left out: here RATE is sent to a client once in 64 s at most`;
  draft.add(line, 'applied', `access.rateLimit: ${text}${left}`);
}

function keyFile(line: SourceLine, draft: Draft) {
  const path = line.words[1] ?? '';
  if (!isFilePath(path)) return draft.add(line, 'warning', 'not taken over: write an absolute path');
  draft.settings.keysFile = path;
  draft.add(line, 'applied', `keys.file: ${path}`);
  const read = draft.files.read(path);
  if (!('text' in read)) draft.add(line, 'warning', `${path}: ${read.reason}`);
}

function aboutRefclock(words: readonly string[]): string {
  const driver = (words[1] ?? '').toUpperCase();
  if (!['PPS', 'SHM', 'SOCK'].includes(driver))
    return `reference clock ${driver.slice(0, 40)}: only GPS receivers (NMEA) with PPS are used here`;
  const found = 'the receiver is found by itself (receiver.device, pps.device)';
  if (driver !== 'PPS') return `${found}; the delay of its sentences is learned`;
  const offset = Number(words[words.findIndex((word) => word.toLowerCase() === 'offset') + 1]);
  const has = words.some((word) => word.toLowerCase() === 'offset');
  const falling = words[2]?.split(':').includes('clear') ? 'clear: set pps.edge: falling' : undefined;
  const hint = has ? antennaHint('offset', offset) : undefined;
  return [found, falling, hint].filter((part) => part !== undefined).join('; ');
}
