/**
 * Settings are data: one row says everything about one setting, and the parser, the "did you mean", the reference page
 * and the JSON Schema are all made from it. No row holds a function, so that a provider in another process can send its own.
 */

/** The closed list of value types and what a parsed value of each is. Text in annotations, YAML values in the configuration. */
export interface SettingValues {
  string: string;
  boolean: boolean;
  integer: number;
  /** `1500ms`, `10s`, `5m`, `1h`; a parsed duration is a number of milliseconds. */
  duration: number;
  enum: string;
  ip: string;
  'ip-list': readonly string[];
  'cidr-list': readonly string[];
  'string-list': readonly string[];
  /** `a=b,c=d` in an annotation, a mapping in YAML. */
  map: Readonly<Record<string, string>>;
  /** Several maps: in annotations one for each end of the key (see `open-key.ts`), in YAML a mapping of mappings. */
  'map-by-key': Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** A nested group of rows; only in the configuration. */
  object: Readonly<Record<string, unknown>>;
}
export type SettingType = keyof SettingValues;

/** What happens to a load balancer that exists when the setting is edited. */
export type SettingEdit = 'in-place' | 'drops-connections' | 'changes-address' | 'only-at-creation';

/** The parts of the spec core computes; a provider's own spelling may set one instead of a field of its settings. */
export type CoreField = 'scheme' | 'requested-addresses' | 'node-selector' | 'source-ranges' | 'proxy-protocol';

export interface SettingRow<T = unknown> {
  readonly type: SettingType;
  /** For `enum`: the values, in the order they are documented. */
  readonly values?: readonly string[];
  /** For `enum`: whoever writes a value in other letters means the same; parsed it is as documented. */
  readonly anyCase?: true;
  readonly minimum?: number;
  readonly maximum?: number;
  /** For `object`: the rows inside. */
  readonly rows?: Readonly<Record<string, SettingRow>>;
  /** The parsed default; absent = the setting may be absent. */
  readonly default?: T;
  readonly required?: true;
  /** One sentence for people, with the unit. */
  readonly text: string;
  /** The version it came with. */
  readonly since: string;
  /** Annotation keys that set it, whole, the documented one first; for `map-by-key` they end in `.*`. Empty or absent: configuration only. */
  readonly annotations?: readonly string[];
  readonly edit: SettingEdit;
  readonly sets?: CoreField;
  /** It is known, has no value, and cannot be had here; why. Whoever asks for it is refused. */
  readonly refused?: string;
  /** Never logged or printed. */
  readonly secret?: true;
}

/** A table with one row per field of the parsed settings. */
export type SettingsTable<S> = { readonly [Name in keyof S]-?: SettingRow<Exclude<S[Name], undefined>> };

/** A table whose parsed type is not known here. */
export type AnySettingsTable = Readonly<Record<string, SettingRow>>;
