/** Whether somebody is there: a page that is left open asks on and on, and must not keep its session alive by that. */
const AWAY_MS = 60_000;
/** Tells the appliance that a request is the page's own. */
export const UNATTENDED = { 'x-unattended': '1' } as const;

let lastInput = Date.now();
for (const type of ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const)
  globalThis.addEventListener?.(
    type,
    () => {
      lastInput = Date.now();
    },
    { capture: true, passive: true },
  );

export function isAttended(): boolean {
  return Date.now() - lastInput < AWAY_MS;
}
