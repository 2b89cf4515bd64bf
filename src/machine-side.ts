/** What of the configuration the machine itself must follow: its network and its firewall, by the helper that has the rights. */
import type { Config } from './config/schema.ts';
import { firewallText } from './system/firewall.ts';
import type { HelperRequest, SystemHelper } from './system/system-helper.ts';

export class MachineSide {
  readonly #helper: SystemHelper;
  /** What the machine was last set to. */
  #network: string | undefined;
  #firewall: string | undefined;

  constructor(helper: SystemHelper) {
    this.#helper = helper;
  }

  /** As the machine has it from its start: the helper is only asked for changes. */
  begin(config: Config): void {
    this.#network = JSON.stringify(config.network);
    this.#firewall = firewallText(config);
  }

  /** The configuration file says it by now. @throws Error of one line where it is refused: the change is then undone. */
  async apply(config: Config): Promise<void> {
    const { network } = config;
    const wanted = JSON.stringify(network);
    const named = network.hostName !== '' || network.interface !== '';
    if (wanted !== this.#network && named && (await this.#ask({ verb: 'set-network', network }, 'network')))
      this.#network = wanted;
    const rules = firewallText(config);
    if (rules !== this.#firewall && (await this.#ask({ verb: 'firewall' }, 'firewall')))
      this.#firewall = rules;
  }

  /** False where there is no helper for it. */
  async #ask(request: HelperRequest, what: string): Promise<boolean> {
    if (!this.#helper.can(request.verb)) return false;
    const result = await this.#helper.perform(request);
    if (!result.done) throw new Error(`the ${what} could not be changed: ${result.reason}`);
    return true;
  }
}
