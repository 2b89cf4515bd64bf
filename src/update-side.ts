/**
 * The update side: takes bundles in, has the helper install them, and says what became of it. The helper checks all of a
 * bundle once more; what is checked here spares the user a wait.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Timers } from '../hw/ports.ts';
import type { Actor } from './api/actor.ts';
import type {
  BundleView,
  UpdateControls,
  UpdateView,
  UploadedBundle,
  UploadRefusal,
} from './api/update-controls.ts';
import type { AuditLog } from './audit/audit-log.ts';
import { BUILD_DATE, VERSION } from './build-info.ts';
import type { EventLog } from './events/event-log.ts';
import type { HelperResult, SystemHelper } from './system/system-helper.ts';
import { BUNDLE_NAME, LARGEST_BUNDLE, readUpdateRecord, type UpdateRecord } from './update/update-status.ts';
import { compareVersions } from './update/version-order.ts';
import { type BundleShelf, hasKeys, openShelf, type ShelfLimits } from './update-bundle.ts';
import { UpdateNews } from './update-news.ts';

export interface UpdatePlaces {
  /** Where the public keys are that a bundle may be signed by; undefined: nowhere. */
  readonly keys: string | undefined;
  /** What the installer keeps of the last update. */
  readonly record: string;
}

export interface UpdateOptions extends UpdatePlaces {
  readonly mode: 'hardware' | 'simulation';
  /** Undefined: nothing is kept, and no bundle taken. */
  readonly stateDirectory: string | undefined;
  readonly helper: SystemHelper;
  readonly audit: Pick<AuditLog, 'record' | 'flush'>;
  readonly events: Pick<EventLog, 'raise' | 'list'>;
  readonly timers: Timers;
  readonly log: Pick<Logger, 'warn'>;
  /** Of bundles that come in; default: those of the product. */
  readonly limits?: ShelfLimits;
}

/** How often the installer's record is looked at, ms. */
const LOOK_MS = 5000;
/** What the helper refuses within this time is told to who asks, ms; the rest is told to who looks. */
const AT_ONCE_MS = 3000;

export class UpdateSide implements UpdateControls {
  readonly #options: UpdateOptions;
  readonly #shelf: BundleShelf | undefined;
  readonly #news: UpdateNews;
  readonly #slot = runningSlot();
  readonly #stop: () => void;
  #installing = false;
  #problem = '';

  constructor(options: UpdateOptions) {
    this.#options = options;
    const { stateDirectory, keys, limits } = options;
    if (stateDirectory !== undefined && keys !== undefined)
      this.#shelf = openShelf(join(stateDirectory, BUNDLE_NAME), keys, limits);
    this.#news = new UpdateNews(options.events);
    this.#look();
    this.#stop = options.timers.every(LOOK_MS, () => this.#look());
  }

  stop(): void {
    this.#stop();
  }

  async view(): Promise<UpdateView> {
    const last = this.#look();
    const { why, ...can } = this.#abilities();
    return {
      version: VERSION,
      buildDate: BUILD_DATE,
      slot: this.#slot,
      can,
      reason: why,
      uploading: this.#shelf?.receiving ?? false,
      installing: this.#installing,
      problem: this.#problem,
      last: last ?? null,
      bundle: (await this.#shelf?.look()) ?? null,
      largestBundle: LARGEST_BUNDLE,
    };
  }

  async upload(
    actor: Actor,
    stream: Readable,
    declared: number | undefined,
  ): Promise<UploadedBundle | UploadRefusal> {
    const { upload, why } = this.#abilities();
    if (!upload || !this.#shelf) return { refused: 'unable', detail: why };
    if (this.#installing) return { refused: 'unable', detail: INSTALLING };
    const { received, result } = await this.#shelf.receive(stream, declared);
    if (received) {
      const found =
        'refused' in result
          ? { refused: result.detail }
          : { version: result.version, signedBy: result.signedBy };
      this.#audit(actor, 'update.upload', null, { ...received, ...found });
    }
    if (!('refused' in result)) this.#problem = '';
    else if (result.refused === 'bad') this.#news.refused(result.detail);
    return result;
  }

  async discard(actor: Actor): Promise<boolean | string> {
    const bundle = await this.#shelf?.look();
    if (this.#installing) return INSTALLING;
    if (this.#shelf?.receiving) return 'a bundle is coming in: wait until it is there, or stop that';
    if (!bundle) return false;
    await this.#shelf?.clear();
    const { size, summary } = bundle;
    this.#audit(actor, 'update.discard', { size, version: summary?.version ?? null }, null);
    return true;
  }

  async install(actor: Actor, downgrade: boolean): Promise<HelperResult> {
    const bundle = await this.#shelf?.look();
    // From here to where it is taken nobody else gets in between.
    const reason = this.#obstacle(bundle, downgrade);
    if (reason !== '') return { done: false, reason };
    this.#installing = true;
    this.#problem = '';
    const { version = '', signedBy = '' } = bundle?.summary ?? {};
    const { audit, timers } = this.#options;
    // On record before it is done: after it there may be nobody to write it.
    this.#audit(actor, 'update.install', { version: VERSION }, { version, signedBy, downgrade });
    await audit.flush();
    const working = this.#perform(downgrade);
    const begun: HelperResult = {
      done: true,
      text: `version ${version} is being installed; then it restarts`,
    };
    return new Promise((resolve) => {
      const cancel = timers.after(AT_ONCE_MS, () => resolve(begun));
      void working.then(resolve).finally(cancel);
    });
  }

  async #perform(downgrade: boolean): Promise<HelperResult> {
    const result = await this.#options.helper.perform({ verb: 'update', downgrade });
    this.#installing = false;
    if (result.done) return result;
    this.#problem = result.reason;
    // The installer has mostly said so in its record.
    if (this.#look()?.state !== 'refused') this.#news.refused(result.reason);
    return result;
  }

  /** Why nothing can be installed now; empty: it can. */
  #obstacle(bundle: BundleView | undefined, downgrade: boolean): string {
    const { install, why } = this.#abilities();
    if (!install) return why;
    if (this.#installing) return INSTALLING;
    if (this.#shelf?.receiving) return 'a bundle is coming in: wait until it is there';
    if (!bundle) return 'no bundle lies ready: upload one first';
    const { summary, refusal } = bundle;
    if (!summary) return refusal;
    const last = this.#record();
    if (last?.state === 'trial')
      return `version ${last.version} is on trial: wait until it is kept or taken back`;
    if (compareVersions(summary.version, VERSION) < 0 && !downgrade)
      return `version ${summary.version} is older than ${VERSION}, which runs: say downgrade to install it all the same`;
    return '';
  }

  #abilities(): { readonly upload: boolean; readonly install: boolean; readonly why: string } {
    const { helper, mode, stateDirectory, keys } = this.#options;
    if (stateDirectory === undefined)
      return { upload: false, install: false, why: 'nothing is kept here: name a state.directory' };
    const install = helper.can('update');
    const missing =
      mode === 'simulation'
        ? 'a simulation has no system of its own to update'
        : 'this machine has no helper that installs updates: a new version comes as a package or as a new image';
    if (keys === undefined || !hasKeys(keys))
      return {
        upload: false,
        install: false,
        why: install ? `no key to check updates by is in ${keys ?? 'the image'}` : missing,
      };
    return { upload: true, install, why: install ? '' : missing };
  }

  #audit(actor: Actor, action: string, before: unknown, after: unknown): void {
    this.#options.audit.record({ actor, action, target: 'update bundle', before, after });
  }

  #record(): UpdateRecord | undefined {
    return readUpdateRecord(this.#options.record);
  }

  /** Says what is new in the record. */
  #look(): UpdateRecord | undefined {
    const record = this.#record();
    if (record && this.#news.tell(record) && record.state === 'kept') this.#clear(record.version);
    return record;
  }

  /** It runs: what it came from is of no more use, and large. */
  #clear(version: string): void {
    void this.#shelf?.clear(version).catch((error: Error) => this.#options.log.warn(error.message));
  }
}

const INSTALLING = 'an update is being installed: wait until the appliance has restarted';

/** As the kernel was told at its start; null: not from a slot. */
export function runningSlot(commandLine: string = readCommandLine()): 'a' | 'b' | null {
  const partition = /\broot=PARTUUID=[0-9a-f]{8}-0([23])\b/.exec(commandLine)?.[1];
  return partition === '2' ? 'a' : partition === '3' ? 'b' : null;
}

function readCommandLine(): string {
  try {
    return readFileSync('/proc/cmdline', 'utf8');
  } catch {
    return '';
  }
}
