/** What the API may ask about access and clients. */
import { parseAddress } from './access/address.ts';
import { type ClientChange, compareAccess } from './access/dry-run.ts';
import { type AccessVerdict, describeVerdict } from './access/explain.ts';
import type { ClientStory, DryRun, ServingControls } from './api/serving-controls.ts';
import { formatPath } from './config/problem.ts';
import type { Config } from './config/schema.ts';
import { validate } from './config/validate.ts';
import { ClientReader } from './ntp/clients/client-list.ts';
import { OUTCOMES } from './ntp/outcomes.ts';
import type { Serving } from './serving.ts';
import type { ClientPage, ClientQuery, ClientTableView } from './status/clients.ts';

const DRY_RUN_MS = 24 * 3600 * 1000;
/** Clients listed by name in a dry run; all are counted. */
const MOST_LISTED = 1000;
/** Nobody reads more. */
const MOST_PROBLEMS = 100;

export class ServingView implements ServingControls {
  readonly #serving: Serving;
  /** Made with the first question: its working memory is that of the whole table. */
  #reader: ClientReader | undefined;

  constructor(serving: Serving) {
    this.#serving = serving;
  }

  clients(query: ClientQuery): ClientPage {
    return this.#clientReader().list(query);
  }

  clientTable(): ClientTableView {
    return this.#clientReader().table();
  }

  client(address: string): ClientStory | undefined {
    const access = this.verdict(address);
    if (!access) return undefined;
    const seen = this.#clientReader().get(address);
    return {
      address,
      seen: seen ?? null,
      access,
      lastDropMeaning: seen?.lastDrop ? OUTCOMES[seen.lastDrop.outcome] : null,
    };
  }

  verdict(address: string): AccessVerdict | undefined {
    const bytes = parseAddress(address);
    return bytes && describeVerdict(this.#serving.policy, bytes);
  }

  access() {
    const { access, networks, keyState } = this.#serving;
    return { ...access, networks, keys: keyState };
  }

  dryRun(access: unknown): DryRun {
    const { config, findings } = validate({ access });
    if (findings.length === 0) return this.#compare(config.access);
    const told = findings.slice(0, MOST_PROBLEMS);
    return { errors: told.map(({ path, message }) => ({ field: formatPath(path), message })) };
  }

  #compare(access: Config['access']): DryRun {
    const reader = this.#clientReader();
    const changes = compareAccess(
      this.#serving.policy,
      this.#serving.compile(access),
      reader.seen(Date.now() - DRY_RUN_MS),
    );
    const counts = { gains: 0, loses: 0, keeps: 0, unserved: 0 };
    const listed: { gains: ClientChange[]; loses: ClientChange[] } = { gains: [], loses: [] };
    for (const change of changes) {
      counts[change.change]++;
      if (change.change !== 'gains' && change.change !== 'loses') continue;
      const list = listed[change.change];
      if (list.length < MOST_LISTED) list.push(change);
    }
    return { hours: DRY_RUN_MS / 3_600_000, counts, gains: listed.gains, loses: listed.loses };
  }

  #clientReader(): ClientReader {
    this.#reader ??= new ClientReader(this.#serving.tables.clients);
    return this.#reader;
  }
}
