/** The manifest of a bundle: which files it must hold, and which system they are. */
import { isVersion } from './version-order.ts';

export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.json.minisig';
export const ROOT_FILE = 'root.squashfs';
/** In `cmdline`, where the slot's root goes. */
export const ROOT_MARK = '@ROOT@';
export const PRODUCT = 'timeball';
export const ARCHITECTURE = 'arm64';

/** Bytes of a bundle; a slot holds 352 MiB, kernel and initrd come on top. */
export const LARGEST_BUNDLE = 420 * 1024 * 1024;
/** Bytes of all that goes to the boot partition, which holds two slots and a half-written one. */
export const LARGEST_BOOT = 72 * 1024 * 1024;
const MOST_FILES = 100;

export interface BundleFileEntry {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface BundleManifest {
  readonly format: 1;
  readonly product: typeof PRODUCT;
  readonly version: string;
  /** ISO 8601 in UTC. */
  readonly buildDate: string;
  readonly architecture: typeof ARCHITECTURE;
  /** Kernel command line with `@ROOT@` for the root that it is to mount. */
  readonly cmdline: string;
  readonly files: readonly BundleFileEntry[];
}

const NAME = /^(root\.squashfs|boot\/(vmlinuz|initrd\.img|[a-z0-9][a-z0-9.-]{0,60}\.dtb))$/;
const OVERLAY = /^boot\/overlays\/(README|[a-z0-9][a-z0-9-]{0,60}\.dtbo)$/;
const NEEDED = [ROOT_FILE, 'boot/vmlinuz', 'boot/initrd.img'];
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/;
/** One line of what every boot code and kernel can read. */
const COMMAND_LINE = /^[\x20-\x7e]{1,1024}$/;

/** Of the files that a bundle may hold; all else is refused. */
export function isMemberName(name: string): boolean {
  return NAME.test(name) || OVERLAY.test(name);
}

/** The manifest, or a line why it is none that can be used here. */
export function parseManifest(text: string): BundleManifest | string {
  let value: Partial<BundleManifest> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return 'its manifest is no JSON';
  }
  if (typeof value !== 'object' || value === null) return 'its manifest is no object';
  const { format, product, version, buildDate, architecture, cmdline, files } = value;
  if (product !== PRODUCT) return `it is for ${printable(product)}, not for ${PRODUCT}`;
  if (format !== 1)
    return `its format is ${printable(format)}, this system knows 1: install a version between`;
  if (architecture !== ARCHITECTURE) return `it is for ${printable(architecture)}, not for ${ARCHITECTURE}`;
  if (typeof version !== 'string' || !isVersion(version)) return 'its version is none';
  if (typeof buildDate !== 'string' || !DATE.test(buildDate)) return 'its build date is none';
  if (typeof cmdline !== 'string' || !COMMAND_LINE.test(cmdline) || cmdline.split(ROOT_MARK).length !== 2)
    return `its kernel command line does not name ${ROOT_MARK} once`;
  const flaw = checkFiles(files);
  if (flaw !== '') return flaw;
  const entries = (files ?? []).map(({ name, size, sha256 }) => ({ name, size, sha256 }));
  return { format, product, version, buildDate, architecture, cmdline, files: entries };
}

function checkFiles(files: unknown): string {
  if (!Array.isArray(files) || files.length > MOST_FILES) return 'its list of files is none';
  const names = new Set<string>();
  let boot = 0;
  for (const entry of files as readonly (Partial<BundleFileEntry> | null)[]) {
    const { name, size, sha256 } = entry ?? {};
    if (typeof name !== 'string' || !isMemberName(name))
      return `it lists ${printable(name)}, which no bundle has`;
    if (names.has(name)) return `it lists ${name} twice`;
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > LARGEST_BUNDLE)
      return `the size of ${name} is none`;
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return `the hash of ${name} is none`;
    names.add(name);
    if (name !== ROOT_FILE) boot += size;
  }
  const missing = NEEDED.find((name) => !names.has(name));
  if (missing !== undefined) return `it lists no ${missing}`;
  return boot > LARGEST_BOOT ? `its boot files are ${boot} bytes, ${LARGEST_BOOT} is the most` : '';
}

/** What a stranger wrote, for a message of one line. */
function printable(value: unknown): string {
  return String(value)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 60);
}
