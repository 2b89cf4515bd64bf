/** The update bundle: the same system as the image's, as one signed file. Equal input gives equal bytes. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  ARCHITECTURE,
  type BundleFileEntry,
  type BundleManifest,
  MANIFEST,
  PRODUCT,
  parseManifest,
  ROOT_FILE,
  ROOT_MARK,
  SIGNATURE,
} from '../../src/update/bundle-manifest.ts';
import { filesIn } from '../guest/update-disk.ts';
import { run } from './shell.ts';
import { type SigningKey, signMessage } from './signing.ts';

export interface BundleOptions {
  readonly version: string;
  /** ISO 8601 in UTC. */
  readonly buildDate: string;
  /** The system. */
  readonly squash: string;
  /** Folder of kernel, initrd and device trees; a `cmdline.txt` there stays out. */
  readonly boot: string;
  /** Kernel command line with `@ROOT@` for its root. */
  readonly cmdline: string;
  readonly key: SigningKey;
  /** Is emptied first. */
  readonly work: string;
  readonly into: string;
  /** Seconds since 1970. */
  readonly epoch: number;
}

/** @throws Error where it is not what an installer takes. */
export async function makeBundle(options: BundleOptions): Promise<void> {
  const { version, buildDate, cmdline, key, work, into, epoch } = options;
  const names = await stage(options);
  const files = names.map((name) => describe(work, name));
  const manifest: BundleManifest = {
    ...{ format: 1, product: PRODUCT, version, buildDate, architecture: ARCHITECTURE, cmdline, files },
  };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const flaw = parseManifest(text);
  if (typeof flaw === 'string') throw new Error(`the bundle is not made: ${flaw}`);
  writeFileSync(join(work, MANIFEST), text);
  const comment = `${PRODUCT} ${version} ${ARCHITECTURE}, built ${buildDate}`;
  writeFileSync(join(work, SIGNATURE), signMessage(Buffer.from(text), comment, key));
  rmSync(into, { force: true });
  const how = [
    '--format=ustar',
    '--owner=:0',
    '--group=:0',
    '--numeric-owner',
    '--mode=0644',
    '--no-recursion',
  ];
  run('tar', [...how, `--mtime=@${epoch}`, '-C', work, '-cf', into, MANIFEST, SIGNATURE, ...names]);
  rmSync(work, { recursive: true });
}

/** Puts the files where tar finds them under their names in the bundle; returns these in its order. */
async function stage({ work, squash, boot }: BundleOptions): Promise<string[]> {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  linkSync(squash, join(work, ROOT_FILE));
  cpSync(boot, join(work, 'boot'), {
    recursive: true,
    filter: (path) => path !== join(boot, 'cmdline.txt'),
  });
  const names = (await filesIn(join(work, 'boot'))).map((name) => `boot/${name}`);
  // The large one last: who reads from the start to one of the small ones need not pass it.
  return [...names.sort(), ROOT_FILE];
}

function describe(work: string, name: string): BundleFileEntry {
  const path = join(work, name);
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(1 << 20);
  for (let bytes = readSync(file, chunk); bytes > 0; bytes = readSync(file, chunk))
    hash.update(chunk.subarray(0, bytes));
  closeSync(file);
  return { name, size: statSync(path).size, sha256: hash.digest('hex') };
}

/** The kernel command line of a slot as a template. */
export function commandLineTemplate(commandLine: string): string {
  return commandLine.replace(/\broot=\S+/, `root=${ROOT_MARK}`);
}
