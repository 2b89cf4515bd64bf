/** Parts of the API's answers, by name. */
import type { AccessView, DryRun } from '../../../api/serving-controls.ts';

/** As its owner wrote it: a key that is left out has its default. */
export type AccessRule = AccessView['rules'][number];
export type RateLimit = AccessView['rateLimit'];
export type Rule = AccessRule & { readonly id: number };
/** A dry run that went through. */
export type Weighed = Exclude<DryRun, { errors: unknown }>;
