import type { ConfigView } from '../../../api/settings-controls.ts';
import { type Loaded, send, useApi } from '../../api.ts';
import { useReloadOnChange } from '../../live.ts';

export type Config = ConfigView['config'];

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> }
    : T;
export type ConfigPatch = DeepPartial<Config>;

/** The configuration, and how to change it. */
export function useConfig(): Loaded<ConfigView> & { patch(patch: ConfigPatch): Promise<void> } {
  const loaded = useApi<ConfigView>('/config');
  useReloadOnChange(loaded.reload);
  return {
    ...loaded,
    patch: async (patch) => {
      await send('PATCH', '/config', patch);
      loaded.reload();
    },
  };
}
