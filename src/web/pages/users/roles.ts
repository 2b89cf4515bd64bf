import type { Role } from '../../../api/actor.ts';

export const ROLE_OPTIONS: readonly { readonly value: Role; readonly label: string }[] = [
  { value: 'viewer', label: 'viewer: sees everything but secrets' },
  { value: 'operator', label: 'operator: also runs it from day to day' },
  { value: 'admin', label: 'admin: also changes settings, users and keys' },
];
