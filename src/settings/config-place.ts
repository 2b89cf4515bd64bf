/** Where the configuration is kept. */
import { statSync } from 'node:fs';
import type { AtomicFs } from '../config/atomic-file.ts';
import {
  type LoadedConfig,
  type LoadResult,
  loadConfig,
  MAX_CONFIG_SIZE,
  parseConfig,
} from '../config/load.ts';
import { codeOf, readText } from '../config/read-text.ts';
import { replaceConfig } from '../config/store.ts';

export interface ConfigPlace {
  /** Undefined: in memory, gone with the process. */
  readonly file: string | undefined;
  /** What it says now, which may be a hand's work. */
  read(): LoadResult;
  /** Whether it says just this: sooner known than what it means. */
  says(text: string): boolean;
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
    says: (text) => {
      const read = readText(file, MAX_CONFIG_SIZE);
      return 'text' in read && read.text === text;
    },
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
    says: (text) => 'text' in now && now.text === text,
    write: async (_expected, config) => {
      now = config;
      return now;
    },
  };
}
