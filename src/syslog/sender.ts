/** What sends messages to one server. */

export interface SenderState {
  readonly state: 'connecting' | 'open' | 'failed';
  /** One line; empty while all is well. */
  readonly reason: string;
}

export interface Sender {
  /**
   * Sends one message; resolves when the system has taken it, rejects where it has not. One at a time: the next is
   * given once this has settled.
   */
  send(message: Buffer): Promise<void>;
  close(): void;
}
