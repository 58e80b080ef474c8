/** Stories of Amazon in few words. Plain data, as all cases are. */
import type { ActionStep, CaseStep, CheckStep, ConformanceCase } from '../../../../src/conformance/case.ts';
import type { Json, JsonObject } from '../../../../src/model/json.ts';
import type { Reason } from '../../../../src/reasons.ts';

type Rows = CheckStep['rows'];
type Annotations = Readonly<Record<string, string | null>>;
/** A place of the cloud's view and what stands there. */
export type Place = readonly [at: string, equals: Json];

/** Longer than anything takes, the making of a load balancer included. */
export const rest: ActionStep = { do: 'rest', ms: 120_000, done: true };
/** Longer than what waits for a user is left alone. */
export const triedAgain: ActionStep = { do: 'rest', ms: 700_000, done: true };
export const aws = (name: string): string => `service.beta.kubernetes.io/aws-load-balancer-${name}`;

/** By the end of the annotation's key. */
export const named = (annotations: Annotations): Annotations =>
  Object.fromEntries(Object.entries(annotations).map(([name, value]) => [name.includes('/') ? name : aws(name), value]));

export function create(service: string, annotations: Readonly<Record<string, string>> = {}, spec?: JsonObject): ActionStep {
  const keys = named(annotations) as Readonly<Record<string, string>>; // none is null
  return { do: 'create', service, annotations: keys, ...(spec === undefined ? {} : { spec }) };
}
export const annotate = (service: string, annotations: Annotations): ActionStep => ({
  do: 'patch',
  service,
  patch: { metadata: { annotations: named(annotations) } },
});
export const edit = (service: string, spec: JsonObject): ActionStep => ({ do: 'patch', service, patch: { spec } });
export const remove = (service: string): ActionStep => ({ do: 'delete', service });
export const remember = (name: string): ActionStep => ({ do: 'snapshot', name });
export const happen = (what: string, service: string, given: JsonObject = {}): ActionStep => ({ do: 'happen', what, service, given });

export const cloud = (rows: Rows, service: string, at: string, equals: Json): CheckStep => ({ rows, check: 'cloud', service, at, equals });
export const gone = (rows: Rows, service: string, at: string): CheckStep => ({ rows, check: 'cloud', service, at, absent: true });
export const served = (rows: Rows, service = 'web'): CheckStep => ({ rows, check: 'condition', service, type: 'Programmed' });
export const settled = (rows: Rows, service = 'web'): CheckStep => ({ rows, check: 'settled', service });
export const same = (rows: Rows, since: string, service = 'web'): CheckStep => ({ rows, check: 'ingress', service, same: since });

/** Told so on the Service, naming these things, and nothing is made. */
export const refused = (rows: Rows, service: string, reason: Reason, mentions: readonly string[] = []): readonly CheckStep[] => [
  { rows, check: 'condition', service, type: 'Accepted', status: 'False', reason, mentions },
  { rows, check: 'owned', service, none: true },
  { rows, check: 'ingress', service, count: 0 },
];

/** One load balancer as it was, and nothing left to do. */
export const stillServed = (rows: Rows, since: string, service = 'web'): readonly CheckStep[] => [
  served(rows, service),
  same(rows, since, service),
  cloud(rows, service, '/count', 1),
  settled(rows, service),
];

/** A group of annotations that is set, edited and taken away again. */
export interface Group {
  readonly id: string;
  /** What it is about: `cross-zone balancing`. */
  readonly of: string;
  readonly spec?: JsonObject;
  /** Annotations that stay. */
  readonly with?: Readonly<Record<string, string>>;
  readonly set: Annotations;
  readonly shows: readonly Place[];
  readonly edited?: Annotations;
  readonly showsEdited?: readonly Place[];
  /** What is there without it, before and after. */
  readonly without: readonly Place[];
}

/** The load balancer and its address stay through all of it (design §8: what a later edit does is in place). */
export function groupCase(group: Group): ConformanceCase {
  const { id, of, spec, with: kept = {}, set, shows, edited, showsEdited = [], without } = group;
  const places = (rows: Rows, list: readonly Place[]): readonly CheckStep[] => list.map(([at, equals]) => cloud(rows, 'web', at, equals));
  const names = Object.keys({ ...set, ...edited });
  const edits: readonly CaseStep[] =
    edited === undefined ? [] : [annotate('web', edited), rest, ...places(['A7'], showsEdited), ...stillServed(['A7'], 'served')];
  return {
    id: `aws-annotations/${id}`,
    title: `Annotations for ${of} are set, edited in place and taken away: what they changed is as Amazon has it by default`,
    steps: [
      create('web', kept, spec),
      rest,
      served([]),
      remember('served'),
      ...places(['design-8'], without),
      annotate('web', set),
      rest,
      ...places(['design-8'], shows),
      ...stillServed(['design-8'], 'served'),
      ...edits,
      annotate('web', Object.fromEntries(names.map((name) => [name, kept[name] ?? null]))),
      rest,
      ...places(['idea-7'], without),
      ...stillServed(['idea-7', 'idea-6'], 'served'),
    ],
  };
}
