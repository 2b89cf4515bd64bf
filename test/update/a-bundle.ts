/** Bundles of a few kilobytes, made by what makes the real ones. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBundle } from '../../image/build/bundle.ts';
import { type SigningKey, signingKey } from '../../image/build/signing.ts';
import type { Scratch } from '../support/scratch.ts';

export interface ABundle {
  readonly version?: string;
  readonly rootBytes?: number;
  readonly cmdline?: string;
  readonly key?: SigningKey;
  readonly name?: string;
  /** Beside kernel and initrd. */
  readonly boot?: Readonly<Record<string, string>>;
}

/** A key of its own, which is made the first time. */
export function aKey(scratch: Scratch, name = 'key'): SigningKey {
  return signingKey(undefined, join(scratch.path, name));
}

/** The folder with the public keys that are trusted. */
export function trust(scratch: Scratch, ...keys: readonly SigningKey[]): string {
  const folder = join(scratch.path, 'trusted');
  mkdirSync(folder, { recursive: true });
  for (const { id, publicFile } of keys) writeFileSync(join(folder, `${id}.pub`), publicFile);
  return folder;
}

/** Bytes that no two versions have alike and that no packer makes small. */
export function content(what: string, bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let n = 0; n * 64 < bytes; n++) parts.push(createHash('sha512').update(`${what} ${n}`).digest());
  return Buffer.concat(parts).subarray(0, bytes);
}

export const ROOT_BYTES = 150_001;

/** Returns its path. */
export async function aBundle(scratch: Scratch, options: ABundle = {}): Promise<string> {
  const { version = '2.0.0', key = aKey(scratch), boot = { 'bcm2711-rpi-4-b.dtb': 'a tree' } } = options;
  const folder = join(scratch.path, `boot-${version}`);
  mkdirSync(join(folder, 'overlays'), { recursive: true });
  writeFileSync(join(folder, 'vmlinuz'), content(`kernel ${version}`, 30_000));
  writeFileSync(join(folder, 'initrd.img'), content(`initrd ${version}`, 20_000));
  writeFileSync(join(folder, 'cmdline.txt'), 'stays out');
  for (const [name, text] of Object.entries(boot)) writeFileSync(join(folder, name), text);
  const squash = join(scratch.path, `root-${version}`);
  writeFileSync(squash, content(`root ${version}`, options.rootBytes ?? ROOT_BYTES));
  const into = join(scratch.path, options.name ?? `${version}.update`);
  await makeBundle({
    ...{ version, buildDate: '2026-11-21', epoch: 1_795_000_000, key, squash, boot: folder, into },
    cmdline: options.cmdline ?? 'root=@ROOT@ rootfstype=squashfs ro quiet',
    work: join(scratch.path, 'work'),
  });
  return into;
}

/** Replaces bytes in a file by others of the same length. */
export function patch(path: string, from: string | Buffer, to: string | Buffer): void {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(from);
  if (at < 0) throw new Error(`${path} does not hold it`);
  Buffer.from(to).copy(bytes, at);
  writeFileSync(path, bytes);
}
