/** What of the configuration the machine itself must follow: its network and its firewall, by the helper that has the rights. */
import type { Config } from './config/schema.ts';
import { firewallText } from './system/firewall.ts';
import type { HelperRequest, SystemHelper } from './system/system-helper.ts';

/** Turns, of about a second, from one failure to the next attempt. */
const PAUSE_TURNS = 10;

interface Part {
  readonly name: string;
  readonly request: (config: Config) => HelperRequest;
  readonly wanted: (config: Config) => string;
  /** What is better than what nobody has confirmed, where going back is refused. */
  readonly instead?: (config: Config) => HelperRequest;
  /** What the machine was last set to; undefined: not known. */
  has: string | undefined;
  /** What it could not be set to since. */
  failed: string | undefined;
}

export class MachineSide {
  readonly #helper: SystemHelper;
  readonly #warn: (text: string) => void;
  readonly #parts: readonly Part[] = [
    {
      name: 'network',
      request: ({ network }) => ({ verb: 'set-network', network }),
      wanted: ({ network }) => JSON.stringify(network),
      // Its interface may be gone by now.
      instead: ({ network }) => ({ verb: 'set-network', network: { ...network, interface: '' } }),
      has: undefined,
      failed: undefined,
    },
    {
      name: 'firewall',
      request: () => ({ verb: 'firewall' }),
      wanted: firewallText,
      has: undefined,
      failed: undefined,
    },
  ];
  #pause = 0;
  #busy = false;
  #warned = '';

  /** Until `begin`, what the machine is set to is not known: all is asked for. `warn`: one line for the log. */
  constructor(helper: SystemHelper, warn: (text: string) => void) {
    this.#helper = helper;
    this.#warn = warn;
  }

  /** The machine has had this configuration since its start: the helper is only asked for changes. */
  begin(config: Config): void {
    for (const part of this.#parts) part.has = part.wanted(config);
  }

  /**
   * The configuration file says it by now. `goingBack`: it did before. @throws Error of one line where it is refused:
   * a change is then to be undone, and going back is tried again (see `turn`).
   */
  async apply(config: Config, goingBack = false): Promise<void> {
    const flaws: string[] = [];
    // What failed before, and is still wanted, must not keep other settings from being changed.
    for (const part of this.#parts) {
      const { failed } = part;
      const flaw = await this.#follow(part, config);
      if (flaw !== '' && goingBack) part.has = undefined;
      if (flaw !== '' && failed !== part.failed) flaws.push(flaw);
    }
    if (flaws.length > 0) throw new Error(flaws.join('; '));
  }

  /**
   * About once a second: asks again while the machine is not known to be as the configuration says, since whoever is
   * locked out can't. `inTurn` runs the task while no change is under way.
   */
  turn(config: () => Config, inTurn: (task: () => Promise<void>) => void): void {
    if (this.#busy || this.#pause-- > 0) return;
    this.#pause = 0;
    if (!this.#parts.some((part) => this.#lags(part, config()))) return;
    this.#busy = true;
    inTurn(() =>
      this.#catchUp(config()).finally(() => {
        this.#busy = false;
      }),
    );
  }

  async #catchUp(config: Config): Promise<void> {
    const flaws: string[] = [];
    for (const part of this.#parts) {
      const flaw = await this.#follow(part, config);
      if (flaw === '') continue;
      flaws.push(flaw);
      if (part.has === undefined && part.instead) await this.#helper.perform(part.instead(config));
    }
    const flaw = flaws.join('; ');
    if (flaw !== '') this.#pause = PAUSE_TURNS;
    if (flaw !== '' && flaw !== this.#warned) this.#warn(`${flaw}; it is tried again`);
    this.#warned = flaw;
  }

  /** Not where there is no helper for it: such a machine is left as it is. */
  #lags(part: Part, config: Config): boolean {
    return part.wanted(config) !== part.has && this.#helper.can(part.request(config).verb);
  }

  /** Empty where the machine is as it should be, or is none of ours; else a line. */
  async #follow(part: Part, config: Config): Promise<string> {
    const wanted = part.wanted(config);
    if (wanted === part.has) part.failed = undefined;
    if (!this.#lags(part, config)) return '';
    const result = await this.#helper.perform(part.request(config));
    if (result.done) {
      part.has = wanted;
      part.failed = undefined;
      return '';
    }
    if (result.unsettled) part.has = undefined;
    part.failed = wanted;
    return `the ${part.name} could not be changed: ${result.reason}`;
  }
}
