/** Update bundles to try a board with: a good one, one whose system keeps no time, one that is broken. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBundle } from '../build/bundle.ts';
import { run } from '../build/shell.ts';
import { signingKey } from '../build/signing.ts';

export interface BundlesOptions {
  /** The bundle that was built. */
  readonly built: string;
  /** Folder of the development key. */
  readonly keys: string;
  readonly folder: string;
}

const BUILD_DATE = '2026-01-01T00:00:00Z';
const EPOCH = Date.parse(BUILD_DATE) / 1000;
/** The driver of the line that the pulses come by, under its names: without it a system comes up and never locks. */
const NO_PULSES = 'initcall_blacklist=pl061_gpio_init,pl061_gpio_driver_init';

export class Bundles {
  readonly #options: BundlesOptions;
  readonly #parts: string;

  constructor(options: BundlesOptions) {
    this.#options = options;
    this.#parts = join(options.folder, 'bundle');
    rmSync(this.#parts, { recursive: true, force: true });
    mkdirSync(this.#parts, { recursive: true });
    run('tar', ['xf', options.built, '-C', this.#parts]);
  }

  get good(): Promise<string> {
    return this.#make('good', '99.1.0', '');
  }

  get withoutTime(): Promise<string> {
    return this.#make('without-time', '99.0.0', NO_PULSES);
  }

  /** Signed well; its system is not what was signed. */
  async broken(): Promise<string> {
    const path = await this.#make('broken', '99.2.0', '', 'small');
    const bytes = readFileSync(path);
    const at = bytes.indexOf('not a system');
    bytes.write('got a system', at);
    writeFileSync(path, bytes);
    return path;
  }

  /** Signed by a stranger. */
  async foreign(): Promise<string> {
    return this.#make('foreign', '99.3.0', '', 'small', join(this.#options.folder, 'foreign-keys'));
  }

  async #make(
    name: string,
    version: string,
    words: string,
    size: 'small' | 'whole' = 'whole',
    keys: string = this.#options.keys,
  ): Promise<string> {
    const into = join(this.#options.folder, `${name}.update`);
    const manifest = JSON.parse(readFileSync(join(this.#parts, 'manifest.json'), 'utf8')) as {
      readonly cmdline: string;
    };
    const small = join(this.#options.folder, 'small.squashfs');
    writeFileSync(small, 'not a system');
    await makeBundle({
      ...{ version, buildDate: BUILD_DATE, epoch: EPOCH, into },
      key: signingKey(keys === this.#options.keys ? process.env['TIMEBALL_SIGNING_KEY'] : undefined, keys),
      squash: size === 'small' ? small : join(this.#parts, 'root.squashfs'),
      boot: join(this.#parts, 'boot'),
      cmdline: `${manifest.cmdline} ${words}`.trim(),
      work: join(this.#options.folder, 'bundle-work'),
    });
    return into;
  }
}
