/** What must happen to a list of things: each wanted one without a twin is made, each changed one updated, the rest taken away. */
export interface ListDiff<Want, Have> {
  readonly create: readonly Want[];
  readonly update: readonly { readonly want: Want; readonly have: Have }[];
  readonly keep: readonly { readonly want: Want; readonly have: Have }[];
  readonly remove: readonly Have[];
}

/**
 * Compares two lists by identity. Order follows the inputs, so that the same inputs give the same plan.
 * Of several existing things with one identity the first is the twin; the others are removed.
 */
export function diffLists<Want, Have>(
  wanted: readonly Want[],
  existing: readonly Have[],
  identity: { readonly want: (item: Want) => string; readonly have: (item: Have) => string },
  same: (want: Want, have: Have) => boolean,
): ListDiff<Want, Have> {
  const twins = new Map<string, Have>();
  const remove: Have[] = [];
  const wantedIds = new Set(wanted.map(identity.want));
  for (const item of existing) {
    const id = identity.have(item);
    if (!wantedIds.has(id) || twins.has(id)) remove.push(item);
    else twins.set(id, item);
  }
  const create: Want[] = [];
  const update: { want: Want; have: Have }[] = [];
  const keep: { want: Want; have: Have }[] = [];
  for (const want of wanted) {
    const have = twins.get(identity.want(want));
    if (have === undefined) create.push(want);
    else (same(want, have) ? keep : update).push({ want, have });
  }
  return { create, update, keep, remove };
}
