/** Events, the audit record and log lines to other machines: RFC 5424 over UDP (RFC 5426) and TCP (RFC 6587). */
import type { Timers } from '../../hw/ports.ts';
import { formatMessage, type SyslogMessage, type SyslogOrigin } from './message.ts';
import type { SenderState } from './sender.ts';
import { type QueueView, ServerQueue } from './server-queue.ts';
import { parseSyslogServer, type SyslogServer } from './server-text.ts';
import { TcpSender } from './tcp-sender.ts';
import { UdpSender } from './udp-sender.ts';

export interface SyslogSettings {
  /** `udp://HOST:PORT`, `tcp://HOST:PORT`. */
  readonly servers: readonly string[];
  readonly facility: string;
}

export interface SyslogOptions extends Omit<SyslogOrigin, 'facility'> {
  readonly timers: Timers;
  readonly settings: SyslogSettings;
  /** A server has begun to fail, or works again. */
  readonly changed?: (server: string, state: SenderState) => void;
}

export interface SyslogView extends QueueView {
  readonly server: string;
}

export class Syslog {
  readonly #options: SyslogOptions;
  readonly #queues = new Map<string, ServerQueue>();
  #facility = 'daemon';

  constructor(options: SyslogOptions) {
    this.#options = options;
    this.apply(options.settings);
  }

  /** Takes over other servers; what waits for one that stays is kept. */
  apply({ servers, facility }: SyslogSettings): void {
    this.#facility = facility;
    for (const [name, queue] of this.#queues) {
      if (servers.includes(name)) continue;
      queue.close();
      this.#queues.delete(name);
    }
    for (const name of servers) {
      const server = parseSyslogServer(name);
      if (server && !this.#queues.has(name)) this.#queues.set(name, this.#queueFor(name, server));
    }
  }

  send(message: SyslogMessage): void {
    if (this.#queues.size === 0) return;
    const bytes = formatMessage(message, { ...this.#options, facility: this.#facility });
    for (const queue of this.#queues.values()) queue.add(bytes);
  }

  view(): readonly SyslogView[] {
    return [...this.#queues].map(([server, queue]) => ({ server, ...queue.view() }));
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
    this.#queues.clear();
  }

  #queueFor(name: string, server: SyslogServer): ServerQueue {
    const sender = server.protocol === 'udp' ? new UdpSender(server) : new TcpSender(server);
    const { timers, changed } = this.#options;
    return new ServerQueue(sender, timers, (state) => changed?.(name, state));
  }
}
