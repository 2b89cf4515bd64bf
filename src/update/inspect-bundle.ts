/** What a bundle is, before it is given to the installer: its signature and manifest; its contents are not read yet. */
import { openBundle } from './open-bundle.ts';
import { compareVersions } from './version-order.ts';

export interface BundleSummary {
  readonly version: string;
  /** ISO 8601 in UTC. */
  readonly buildDate: string;
  /** Bytes. */
  readonly size: number;
  /** Key id, as minisign shows it. */
  readonly signedBy: string;
  /** Than what runs. */
  readonly newer: boolean;
}

/** A line why it is refused, in place of a summary. */
export async function inspectBundle(
  path: string,
  keysFolder: string,
  currentVersion: string,
): Promise<BundleSummary | string> {
  const opened = await openBundle(path, keysFolder);
  if (typeof opened === 'string') return opened;
  const { file, manifest, keyId } = opened;
  const { version, buildDate } = manifest;
  await file.close();
  const newer = compareVersions(version, currentVersion) > 0;
  return { version, buildDate, size: file.size, signedBy: keyId, newer };
}
