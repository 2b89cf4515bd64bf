/** Where the configuration is kept. */
import { statSync } from 'node:fs';
import type { AtomicFs } from '../config/atomic-file.ts';
import { type LoadedConfig, type LoadResult, loadConfig, parseConfig } from '../config/load.ts';
import { codeOf } from '../config/read-text.ts';
import { replaceConfig } from '../config/store.ts';

export interface ConfigPlace {
  /** Undefined: in memory, gone with the process. */
  readonly file: string | undefined;
  /** What it says now, which may be a hand's work. */
  read(): LoadResult;
  /** Replaces the text `expected`. */
  write(expected: string, config: LoadedConfig): Promise<LoadResult>;
}

/**
 * `mayBeMissing`: a file that does not exist says nothing, which means all defaults, and is made by the first change;
 * else it is an error.
 */
export function filePlace(file: string, fs: AtomicFs, mayBeMissing: boolean): ConfigPlace {
  return {
    file,
    read: () => (mayBeMissing && isMissing(file) ? parseConfig('', file) : loadConfig(file)),
    write: (expected, config) => replaceConfig(file, expected, config, fs),
  };
}

function isMissing(file: string): boolean {
  try {
    statSync(file);
    return false;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

export function memoryPlace(): ConfigPlace {
  let now = parseConfig('', 'configuration');
  return {
    file: undefined,
    read: () => now,
    write: async (_expected, config) => {
      now = config;
      return now;
    },
  };
}
