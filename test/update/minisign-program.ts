/** Debian's minisign: installed, or unpacked into the cache, never installed by this. Undefined: not to be had. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

const CACHE = resolve(import.meta.dirname, '../../.cache/minisign');
const LONGEST_MS = 30_000;

export function minisignProgram(): string | undefined {
  const unpacked = `${CACHE}/usr/bin/minisign`;
  const found = ['/usr/bin/minisign', unpacked].find(works);
  if (found !== undefined) return found;
  const part = `${CACHE}.${process.pid}`;
  try {
    mkdirSync(part, { recursive: true });
    const how = { cwd: part, timeout: LONGEST_MS, stdio: 'ignore' } as const;
    execFileSync('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', 'minisign'], how);
    const [deb = ''] = readdirSync(part).filter((name) => name.endsWith('.deb'));
    execFileSync('dpkg', ['-x', deb, '.'], how);
    // Another test file may have been faster.
    if (!existsSync(CACHE)) renameSync(part, CACHE);
    return works(unpacked) ? unpacked : undefined;
  } catch {
    process.stderr.write('minisign is not installed and can not be fetched: its own checks are left out\n');
    return undefined;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Its library may be missing. */
function works(program: string): boolean {
  if (!existsSync(program)) return false;
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore', timeout: LONGEST_MS });
    return true;
  } catch {
    return false;
  }
}
