/** What a long suite does, in numbers. */
type Size = Readonly<Record<string, number>>;

/** How much each long suite does: `usual` is what CI can afford, `full` is `--full`. A suite that has one size is not here. */
const sizes = {
  kill: { usual: { randomMoments: 60 }, full: { randomMoments: 600 } },
} as const satisfies Readonly<Record<string, { readonly usual: Size; readonly full: Size }>>;

const chosen = process.env['PORTOLAN_FULL'] === '1' ? 'full' : 'usual';

/** The numbers a suite is to run with. */
export const sizeOf = (suite: keyof typeof sizes): (typeof sizes)[typeof suite][typeof chosen] => sizes[suite][chosen];

/** The same for people: `60 randomMoments`; undefined for a suite of one size. */
export function sizeText(suite: string, full: boolean): string | undefined {
  const row: { readonly usual: Size; readonly full: Size } | undefined = (sizes as Readonly<Record<string, (typeof sizes)['kill']>>)[suite]; // asked for by name
  if (row === undefined) return undefined;
  return Object.entries(full ? row.full : row.usual)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
