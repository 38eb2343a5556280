import type { OffsetEdit } from '../text/finding';

/** Edits that are made together or not at all, so that a group that would change the meaning can be left out alone. */
export type EditGroup = readonly OffsetEdit[];
