/** The helper of an appliance under test: a real one behind its socket, whose installer keeps records but writes no slot. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { serveHelper } from '../../src/system/helper-server.ts';
import type { HelperRequest, HelperResult } from '../../src/system/system-helper.ts';
import type { UpdateRecord } from '../../src/update/update-status.ts';

export class Installer {
  readonly asked: HelperRequest[] = [];
  /** Of an update, once it is asked for; set by tests that want it otherwise. */
  result: () => Promise<HelperResult> = async () => {
    this.tell({ state: 'trial' });
    return { done: true, text: 'the update is installed; the machine restarts on trial' };
  };
  readonly #record: string;
  #server: Server | undefined;
  #told = 0;

  /** `folder`: with the state of the appliance in `state`. */
  constructor(folder: string) {
    this.#record = join(folder, 'state/update/state.json');
  }

  async listen(path: string): Promise<void> {
    const perform = async (request: HelperRequest) => {
      this.asked.push(request);
      return this.result();
    };
    this.#server = await serveHelper({ path, group: undefined, perform, log: () => {} });
  }

  /** Keeps a record, as the installer and the trial do. */
  tell(record: Partial<UpdateRecord>): void {
    const usual: UpdateRecord = {
      ...{ state: 'trial', version: '0.2.0', from: '0.1.0', slot: 'b', reason: '', deadlineSeconds: 900 },
      at: new Date(Date.UTC(2027, 1, 1) + 60_000 * this.#told++).toISOString(),
      baseline: { locked: true, boundSeconds: 1e-6 },
    };
    mkdirSync(dirname(this.#record), { recursive: true });
    writeFileSync(`${this.#record}.new`, JSON.stringify({ ...usual, ...record }));
    renameSync(`${this.#record}.new`, this.#record);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
  }
}
