/** What a long suite does, in numbers. */
type Size = Readonly<Record<string, number>>;

/** How much each long suite does: `usual` is what CI can afford, `full` is `--full`. A suite that has one size is not here. */
const sizes = {
  fuzz: { usual: { edits: 10_000 }, full: { edits: 100_000 } },
  kill: { usual: { randomMoments: 60 }, full: { randomMoments: 600 } },
  // Until the first case that catches a planted bug; or to the end, to see how much of the kit each one breaks.
  mutants: { usual: { wholeRuns: 0 }, full: { wholeRuns: 1 } },
} as const satisfies Readonly<Record<string, { readonly usual: Size; readonly full: Size }>>;

const chosen = process.env['PORTOLAN_FULL'] === '1' ? 'full' : 'usual';

/** The numbers a suite is to run with. */
export function sizeOf<Suite extends keyof typeof sizes>(suite: Suite): (typeof sizes)[Suite]['usual' | 'full'] {
  return sizes[suite][chosen] as (typeof sizes)[Suite]['usual' | 'full']; // the compiler does not follow two keys at once
}

/** The same for people: `60 randomMoments`; undefined for a suite of one size. */
export function sizeText(suite: string, full: boolean): string | undefined {
  const row = (sizes as Readonly<Record<string, { readonly usual: Size; readonly full: Size } | undefined>>)[suite]; // asked for by name
  if (row === undefined) return undefined;
  return Object.entries(full ? row.full : row.usual)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
