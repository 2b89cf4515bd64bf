/** What was built, and when: no true time is before the build, which repairs week roll-overs. */
export const VERSION = '0.1.0';
/** ISO date; set by every release. */
export const BUILD_DATE = '2026-11-21';
