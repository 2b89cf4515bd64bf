/**
 * The configuration text that was read or written last, with what it says: to parse one with 10,000 access rules takes
 * half a second, and each change begins with the text that the one before has left.
 */

interface Known {
  readonly text: string;
  readonly data: unknown;
}

class LatestText {
  #known: Known | undefined;

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
}

/** One for the process, as it has one configuration. */
export const latestText = new LatestText();
