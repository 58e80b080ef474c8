/** The letters of the service contract's sections of behaviours: 1A to 1M. */
export type ContractSection = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

/**
 * What a check can prove: a row of the service contract (`B2`), one of Kubernetes' own scenarios (`S8`), what controllers
 * commonly break (`P4`), a pain of users (`pain-1`), a bug that a real controller had (`seed-13`), an idea (`idea-6`) or a
 * section (`design-6`) of Portolan's design.
 */
export type RowId =
  | `${ContractSection}${number}`
  | `S${number}`
  | `P${number}`
  | `pain-${number}`
  | `seed-${number}`
  | `idea-${number}`
  | `design-${number}`;

/** What to expect of a row before anything has run. */
export type Standing =
  /** The kit has checks for it. `note`: where Portolan deviates from upstream, or how far the kit's proof goes. */
  | { readonly proves: 'kit'; readonly note?: string }
  /** It says nothing about a provider, or about Portolan. */
  | { readonly notApplicable: string }
  /** Why the kit does not prove it, and where it is proved instead. */
  | { readonly notCovered: string };

/** A row of the contract that every report lists, whether or not something proves it. */
export interface ContractRow {
  readonly id: RowId;
  /** `1A` … `1M`, `2` (scenarios of Kubernetes) or `4` (what is commonly broken). */
  readonly section: string;
  /** One line that is understood alone. */
  readonly title: string;
  readonly standing: Standing;
}
