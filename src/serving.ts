/**
 * Settings → what the answer threads serve by, kept true while the appliance runs: networks come and go, keys are
 * rotated, the configuration is read again.
 */
import type { Logger } from 'pino';
import { type KeyFileLoaded, loadKeyFile } from './access/keys/key-file.ts';
import type { KeyData } from './access/keys/keyring.ts';
import { type AttachedNetwork, attachedNetworks, type InterfaceAddress } from './access/networks.ts';
import { compilePolicy, type PolicyImage } from './access/policy.ts';
import type { Config } from './config/schema.ts';
import { createServingTables, type ServingSettings } from './ntp/service.ts';

export interface ServingOptions {
  readonly config: Config;
  /** As `os.networkInterfaces()`: what this machine is attached to at the moment. */
  readonly interfaces: () => Readonly<Record<string, readonly InterfaceAddress[] | undefined>>;
  readonly log: Logger;
}

export interface KeyState {
  readonly file: string;
  readonly loaded: number;
  /** What is wrong with the file, a line each; never a secret. */
  readonly problems: readonly string[];
}

export class Serving {
  readonly tables = createServingTables();
  readonly #interfaces: ServingOptions['interfaces'];
  readonly #log: Logger;
  #access: Config['access'];
  #attached: readonly AttachedNetwork[];
  #policy: PolicyImage;
  #keys: readonly KeyData[] = [];
  #keyState: KeyState = { file: '', loaded: 0, problems: [] };

  constructor({ config, interfaces, log }: ServingOptions) {
    this.#interfaces = interfaces;
    this.#log = log;
    this.#access = config.access;
    this.#attached = this.#look();
    this.#policy = compilePolicy(config.access, this.#attached);
    this.#loadKeys(config.keys.file);
  }

  get settings(): ServingSettings {
    return { policy: this.#policy.table, keys: this.#keys };
  }

  get policy(): PolicyImage {
    return this.#policy;
  }

  get access(): Config['access'] {
    return this.#access;
  }

  get networks(): readonly AttachedNetwork[] {
    return this.#attached;
  }

  get keyState(): KeyState {
    return this.#keyState;
  }

  /** The rules as they would be with this `access` on the networks of now. */
  compile(access: Config['access']): PolicyImage {
    return compilePolicy(access, this.#attached);
  }

  /** Takes over new rules and reads the keys again. */
  reload(config: Config): void {
    const changed = this.#access !== config.access;
    this.#access = config.access;
    if (!this.followNetworks() && changed) this.#policy = compilePolicy(this.#access, this.#attached);
    this.#loadKeys(config.keys.file);
  }

  /** Looks at the networks; whether the rules have changed with them. */
  followNetworks(): boolean {
    const attached = this.#look();
    if (JSON.stringify(attached) === JSON.stringify(this.#attached)) return false;
    this.#attached = attached;
    this.#policy = compilePolicy(this.#access, attached);
    return true;
  }

  #look(): readonly AttachedNetwork[] {
    return attachedNetworks(this.#interfaces());
  }

  /** A file that can't be read leaves the keys as they are: a slip while rotating must not lock every client out. */
  #loadKeys(file: string): void {
    const read: KeyFileLoaded = file === '' ? { keys: [], problems: [], warnings: [] } : loadKeyFile(file);
    for (const text of [...read.problems, ...read.warnings]) this.#log.warn(text);
    const keep = read.keys.length === 0 && read.problems.length > 0 && this.#keys.length > 0;
    if (keep)
      this.#log.error({ file, keys: this.#keys.length }, 'no key could be read: the old ones stay in use');
    else this.#keys = read.keys;
    this.#keyState = { file, loaded: this.#keys.length, problems: read.problems };
  }
}
