/** Update bundles as the image's build makes them, but for a system of a few bytes. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBundle } from '../../image/build/bundle.ts';
import { signingKey } from '../../image/build/signing.ts';
import type { Scratch } from './scratch.ts';

/** Makes bundles, and `keys`: a folder with the public key that they are signed by. */
export class BundleMaker {
  readonly keys: string;
  readonly keyId: string;
  readonly #scratch: Scratch;
  readonly #key: ReturnType<typeof signingKey>;

  /** `keys`: where the public key goes, within the scratch folder. */
  constructor(scratch: Scratch, keys = 'keys') {
    this.#scratch = scratch;
    this.#key = signingKey(undefined, join(scratch.path, 'secret'));
    this.keyId = this.#key.id;
    scratch.write(`${keys}/test.pub`, this.#key.publicFile);
    this.keys = join(scratch.path, keys);
  }

  /** Path of a bundle with a system of `size` bytes. */
  async make(version: string, size = 300_000): Promise<string> {
    const boot = join(this.#scratch.path, 'boot');
    for (const name of ['vmlinuz', 'initrd.img', 'bcm2837-rpi-3-b.dtb'])
      this.#scratch.write(`boot/${name}`, `${name} of ${version}`);
    const squash = this.#scratch.write('system', 'x'.repeat(size));
    const into = join(this.#scratch.path, `timeball-${version}-arm64.update`);
    await makeBundle({
      ...{ version, buildDate: '2027-01-31', squash, boot, into, key: this.#key, epoch: 1_800_000_000 },
      cmdline: 'console=tty1 root=@ROOT@ ro',
      work: join(this.#scratch.path, 'work'),
    });
    rmSync(squash);
    return into;
  }

  /** As `make`, with its manifest changed after it was signed. */
  async forge(version: string): Promise<string> {
    const path = await this.make(version);
    const bytes = readFileSync(path);
    const at = bytes.indexOf('2027-01-31');
    bytes.write('2028', at);
    writeFileSync(path, bytes);
    return path;
  }
}
