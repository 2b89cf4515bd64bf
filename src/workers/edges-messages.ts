/** What the edge thread and its host say to each other. */
import type { DeviceState, Edge } from '../../hw/ports.ts';

/** Thread → host. */
export type EdgesMessage =
  | { readonly edge: Edge; readonly state?: undefined }
  | { readonly state: DeviceState; readonly edge?: undefined };

/** Host → thread: close the device and end. */
export const CLOSE = 'close';
