/**
 * A bundle on disk, read by the `tar` program. Whoever wrote it is a stranger: it is opened once, and what is read is
 * bounded; what the bytes are worth is for the signature and the hashes to tell, since they may change at any time.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { LARGEST_BUNDLE } from './bundle-manifest.ts';

const LONGEST_LISTING = 64 * 1024;
/** In the first header of a tar; a packed one has other bytes there. */
const MAGIC = { at: 257, text: 'ustar' };
/** tar opens it anew, and so can seek over what is not asked for. */
const OPENED_ANEW = '--file=/dev/stdin';
/** tar may not open it, and reads what it was given from start to end. */
const AS_GIVEN = '--file=-';
/** Debian's nobody and nogroup: nothing of the appliance runs under them. */
const NOBODY = 65534;

export class BundleFile {
  readonly #file: FileHandle;
  /** Bytes. */
  readonly size: number;

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** The file, or a line why it is no bundle. A symbolic link is none. */
  static async open(path: string): Promise<BundleFile | string> {
    let file: FileHandle;
    try {
      // Not waiting for whoever would write into a pipe of this name.
      file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      return cannotOpen(path, error as NodeJS.ErrnoException);
    }
    try {
      const stat = await file.stat();
      const flaw = stat.isFile() ? await checkTar(file, stat.size) : 'it is no file';
      if (flaw === '') return new BundleFile(file, stat.size);
      await file.close();
      return flaw;
    } catch (error) {
      await file.close();
      return `it can't be read (${(error as NodeJS.ErrnoException).code}): check the disk`;
    }
  }

  /** Names of its members in their order, or a line why they can't be had. */
  async names(): Promise<readonly string[] | string> {
    let text = '';
    for await (const chunk of this.#tar('--list', '--quoting-style=escape')) {
      text += chunk.toString('latin1');
      if (text.length > LONGEST_LISTING) return 'it holds more files than a bundle has';
    }
    return text.split('\n').filter((name) => name !== '');
  }

  /** Content of a small member, or a line why there is none. */
  async read(name: string, mostBytes: number): Promise<Buffer | string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.stream(name)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > mostBytes) return `its ${name} is larger than ${mostBytes} bytes`;
    }
    return bytes === 0 ? `it holds no ${name}` : Buffer.concat(chunks);
  }

  /** Nothing where there is no such member. The name must be known to be harmless. */
  stream(name: string): AsyncGenerator<Buffer> {
    return this.#tar('--extract', '--to-stdout', '--occurrence=1', '--', name);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async *#tar(...args: string[]): AsyncGenerator<Buffer> {
    const child = startTar(this.#file.fd, args);
    let failure: Error | undefined;
    child.once('error', (error) => {
      failure = error;
    });
    try {
      if (child.stdout) yield* child.stdout as AsyncIterable<Buffer>;
    } finally {
      child.kill('SIGKILL');
    }
    if (failure) throw new Error(`tar can't be started: ${failure.message}`);
  }
}

/**
 * Root lets tar read a stranger's file with no rights at all. Not with those of the file's owner: who has the same user
 * id could write to the memory of a process that lives outside of his sandbox.
 */
function startTar(bundle: number, args: readonly string[]): ChildProcess {
  const root = process.getuid?.() === 0;
  // The same file, whatever has its name by now, read from its start.
  const input = openSync(`/proc/self/fd/${bundle}`, constants.O_RDONLY);
  try {
    return spawn('tar', [root ? AS_GIVEN : OPENED_ANEW, ...args], {
      stdio: [input, 'pipe', 'ignore'],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
    });
  } finally {
    closeSync(input);
  }
}

async function checkTar(file: FileHandle, size: number): Promise<string> {
  if (size > LARGEST_BUNDLE) return `it is ${size} bytes, ${LARGEST_BUNDLE} is the most`;
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(MAGIC.text.length),
    0,
    MAGIC.text.length,
    MAGIC.at,
  );
  return bytesRead === MAGIC.text.length && buffer.toString('latin1') === MAGIC.text
    ? ''
    : 'it is no bundle of Timeball: use a file named timeball-VERSION-arm64.update';
}

function cannotOpen(path: string, { code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `there is no bundle at ${path}: upload one first`;
  if (code === 'ELOOP') return `${path} is a link, not a bundle`;
  return `${path} can't be opened (${code})`;
}
