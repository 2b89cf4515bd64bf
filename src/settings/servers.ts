/** NTP servers to compare with, as a collection with numbers. */
import type { NtpServer } from '../config/network-schema.ts';
import { ConfigList } from './config-list.ts';
import { serverName } from './item-names.ts';
import type { SettingsService } from './settings.ts';

export interface ServerView {
  readonly id: number;
  readonly address: string;
  readonly description: string;
}

export class Servers extends ConfigList<NtpServer, ServerView> {
  constructor(settings: SettingsService) {
    super(settings, {
      kind: 'servers',
      noun: 'server',
      thing: 'ntp-server',
      path: ['ntp', 'servers'],
      items: ({ ntp }) => ntp.servers,
      name: ({ address }) => serverName(String(address)),
      nameField: 'address',
      view: (id, { address, description = '' }) => ({ id, address, description }),
      toItem: ({ description, ...rest }) =>
        (description === '' || description === undefined ? rest : { ...rest, description }) as NtpServer,
    });
  }
}
