import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where package.json is, seen from the source as from what is compiled from it. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
