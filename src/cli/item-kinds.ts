/** The lists of settings that have commands of their own. Apart, since the parser of words needs no more of them. */

export interface ItemKind {
  readonly name: string;
  readonly path: string;
  readonly columns: readonly string[];
  readonly example: string;
}

export const ITEM_KINDS = {
  rules: {
    name: 'timeball rules',
    path: '/api/v1/access/rules',
    columns: ['id', 'prefix', 'action', 'rateLimit', 'requireKey', 'allowQueries', 'note'],
    example: '{prefix: 10.0.0.0/8, action: serve}',
  },
  servers: {
    name: 'timeball servers',
    path: '/api/v1/servers',
    columns: ['id', 'address', 'description'],
    example: '{address: ntp.example.net, description: head office}',
  },
  keys: {
    name: 'timeball keys',
    path: '/api/v1/keys',
    columns: ['id', 'type', 'from', 'fingerprint'],
    example: '{type: AES128}',
  },
} as const satisfies Record<string, ItemKind>;
