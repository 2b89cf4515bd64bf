/**
 * The configuration text that was read or written last, with what it says: to parse one with 10,000 access rules takes
 * half a second, and each change begins with the text that the one before has left.
 */

import type { LoadedConfig } from './load.ts';

interface Known {
  readonly text: string;
  readonly data: unknown;
}

class LatestText {
  #known: Known | undefined;
  #loaded: LoadedConfig | undefined;

  says(text: string): boolean {
    return this.#known?.text === text;
  }

  /** Of the text that `says` was true for; not to be changed. */
  get data(): unknown {
    return this.#known?.data;
  }

  /** `text` must be sound YAML that means `data`, a configuration without a fault. */
  keep({ text, data }: Known): void {
    this.#known = { text, data };
  }

  /** What a file with this text was read as before, not to be changed: whoever has the same sees that nothing has changed. */
  loaded(text: string, file: string): LoadedConfig | undefined {
    return this.#loaded?.text === text ? { ...this.#loaded, file } : undefined;
  }

  keepLoaded(loaded: LoadedConfig): void {
    this.keep(loaded);
    this.#loaded = loaded;
  }
}

/** One for the process, as it has one configuration. */
export const latestText = new LatestText();
