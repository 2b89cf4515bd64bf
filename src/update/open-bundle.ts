/** A bundle whose manifest is signed by a trusted key and fits what it holds; its contents are still to be checked. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleFile } from './bundle-file.ts';
import { type BundleManifest, MANIFEST, parseManifest, SIGNATURE } from './bundle-manifest.ts';
import { checkSignature, type PublicKey, parsePublicKey } from './minisign.ts';

/** Where the image has the keys that it trusts. */
export const KEYS_FOLDER = '/usr/lib/timeball/keys';
const LARGEST_MANIFEST = 64 * 1024;
const LARGEST_SIGNATURE = 2048;

export interface OpenBundle {
  readonly file: BundleFile;
  readonly manifest: BundleManifest;
  /** As minisign shows it. */
  readonly keyId: string;
}

/** The caller closes its file. A string: a line why it is refused. */
export async function openBundle(path: string, keysFolder: string): Promise<OpenBundle | string> {
  const file = await BundleFile.open(path);
  if (typeof file === 'string') return file;
  const opened = await check(file, keysFolder).catch((error: Error) => error.message);
  if (typeof opened === 'string') await file.close();
  return opened;
}

async function check(file: BundleFile, keysFolder: string): Promise<OpenBundle | string> {
  const keys = await trustedKeys(keysFolder);
  if (keys.length === 0) return `no key is trusted: there is none in ${keysFolder}`;
  const bytes = await file.read(MANIFEST, LARGEST_MANIFEST);
  if (typeof bytes === 'string') return bytes;
  const signature = await file.read(SIGNATURE, LARGEST_SIGNATURE);
  if (typeof signature === 'string') return signature;
  // Before anything of it is looked at.
  const signed = checkSignature(bytes, signature.toString('utf8'), keys);
  if (typeof signed === 'string') return signed;
  const manifest = parseManifest(bytes.toString('utf8'));
  if (typeof manifest === 'string') return manifest;
  // tar lists a file whose end is missing like any other.
  if (file.size < manifest.files.reduce((sum, { size }) => sum + size, 0))
    return `it has only ${file.size} bytes: it is cut short, upload it again`;
  const flaw = compareNames(await file.names(), manifest);
  return flaw === '' ? { file, manifest, keyId: signed.keyId } : flaw;
}

function compareNames(names: readonly string[] | string, { files }: BundleManifest): string {
  if (typeof names === 'string') return names;
  const wanted = [MANIFEST, SIGNATURE, ...files.map(({ name }) => name)];
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined) return `it holds no ${missing}: it is cut short or damaged`;
  return names.length === wanted.length ? '' : 'it holds files that its manifest does not list';
}

/** A file that is no key is as good as none. */
export async function trustedKeys(folder: string): Promise<PublicKey[]> {
  const names = await readdir(folder).catch(() => []);
  const keys = names
    .filter((name) => name.endsWith('.pub'))
    .sort()
    .map(async (name) => parsePublicKey(await readFile(join(folder, name), 'utf8').catch(() => '')));
  return (await Promise.all(keys)).filter((key) => key !== undefined);
}
