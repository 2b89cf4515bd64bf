import { isAbsolute } from 'node:path';
import { parseLeapFile } from '../../time/leap-table.ts';
import type { Draft } from './draft.ts';
import type { SourceLine } from './source-lines.ts';

/** ntpd's `leapfile` and chronyd's `leapseclist`: both read the table that `leap.file` takes. */
export function leapFile(line: SourceLine, draft: Draft) {
  const path = line.words[1] ?? '';
  if (!isAbsolute(path)) return draft.add(line, 'warning', 'not taken over: write an absolute path');
  const read = draft.files.read(path);
  // A configured table that is not there or not sound keeps the server from starting.
  if (!('text' in read))
    return draft.add(line, 'warning', `not taken over (${path}: ${read.reason}); leap.file stays as it is`);
  const { error } = parseLeapFile(read.text);
  if (error !== undefined)
    return draft.add(line, 'warning', `not taken over (${path}: ${error}); leap.file stays as it is`);
  draft.settings.leapFile = path;
  draft.add(line, 'applied', `leap.file: ${path}`);
}
