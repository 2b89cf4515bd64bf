import type { AtomicFs, AtomicHandle } from '../../src/config/atomic-file.ts';

interface Inode {
  cached: string;
  /** What the disk holds for certain; undefined until the first fsync. */
  durable: string | undefined;
  mode: number;
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Thrown at the moment of the power cut; the process is no more. */
export class PowerCut extends Error {}

/**
 * One directory `/d` on a disk that loses power before operation number `cutAt`: content is on disk only after
 * fsync of the file, names only after fsync of the directory, but either may get there earlier.
 */
export class PowerCutFs implements AtomicFs {
  readonly operations: string[] = [];
  readonly #cutAt: number;
  readonly #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();

  constructor(path: string, content: string, cutAt = Number.POSITIVE_INFINITY) {
    this.#cutAt = cutAt;
    const inode: Inode = { cached: content, durable: content, mode: 0o100600 };
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
  }

  /** What the file may hold after the reboot: each combination of what got to disk early and what did not. */
  possibleContents(path: string): Set<string | undefined> {
    const possible = new Set<string | undefined>();
    for (const names of [this.#names, this.#durableNames]) {
      const inode = names.get(path);
      possible.add(inode ? (inode.durable ?? '') : undefined);
      if (inode && inode.durable !== inode.cached) {
        possible.add(inode.cached);
        possible.add(inode.cached.slice(0, inode.cached.length / 2));
      }
    }
    return possible;
  }

  #step(operation: string): void {
    if (this.operations.length >= this.#cutAt) throw new PowerCut();
    this.operations.push(operation);
  }

  async open(path: string, flags: string, mode = 0o666): Promise<AtomicHandle> {
    this.#step(`open ${flags}`);
    if (flags === 'r') return this.#directory();
    if (this.#names.has(path)) throw systemError('EEXIST');
    const inode: Inode = { cached: '', durable: undefined, mode };
    this.#names.set(path, inode);
    return this.#file(inode);
  }

  #directory(): AtomicHandle {
    const sync = async () => {
      this.#step('fsync directory');
      this.#durableNames = new Map(this.#names);
    };
    return this.#handle({ sync });
  }

  #file(inode: Inode): AtomicHandle {
    return this.#handle({
      writeFile: async (data) => {
        // A cut halfway through the write.
        inode.cached = String(data).slice(0, 3);
        this.#step('write');
        inode.cached = String(data);
      },
      chmod: async (mode) => {
        this.#step('chmod');
        inode.mode = Number(mode);
      },
      sync: async () => {
        this.#step('fsync file');
        inode.durable = inode.cached;
      },
    });
  }

  #handle(methods: Partial<AtomicHandle>): AtomicHandle {
    const nothing = async () => {};
    return { writeFile: nothing, chmod: nothing, chown: nothing, sync: nothing, close: nothing, ...methods };
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step('rename');
    const inode = this.#names.get(from);
    if (!inode) throw systemError('ENOENT');
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  async unlink(path: string): Promise<void> {
    this.#step('unlink');
    this.#names.delete(path);
  }

  async readdir(directory: string): Promise<string[]> {
    return [...this.#names.keys()].map((path) => path.slice(directory.length + 1));
  }

  async realpath(path: string): Promise<string> {
    return path;
  }

  async stat(path: string): Promise<{ mode: number; uid: number; gid: number }> {
    const inode = this.#names.get(path);
    if (!inode) throw systemError('ENOENT');
    return { mode: inode.mode, uid: 0, gid: 0 };
  }
}
