/** Steps of stories in few words. Each gives plain data: what a case holds, and what `--list` prints. */
import type { Json, JsonObject } from '../model/json.ts';
import type { Reason } from '../reasons.ts';
import type { ActionStep, CheckStep } from './case.ts';
import type { ContractFault } from './contract-faults.ts';
import type { KubeFault } from './kube-faults.ts';
import type { RowId } from './rows/row.ts';

type Create = Extract<ActionStep, { readonly do: 'create' }>;
type Rows = readonly RowId[];

/** Long enough for a cloud to do whatever was asked, and shorter than the drift check. */
const quickMs = 120_000;
/** Longer than what waits for a user is left alone. */
export const untilTriedAgainMs = 620_000;

export const rest = (ms?: number): ActionStep => (ms === undefined ? untilDone(quickMs) : { do: 'rest', ms });
/** So long, and in a cloud where load balancers do not serve at once for as long as that takes, too. */
export const untilDone = (ms: number): ActionStep => ({ do: 'rest', ms, done: true });
export const create = (service: string, over: Omit<Create, 'do' | 'service'> = {}): ActionStep => ({ do: 'create', service, ...over });
export const remove = (service: string): ActionStep => ({ do: 'delete', service });
export const remember = (name: string): ActionStep => ({ do: 'snapshot', name });
export const edit = (service: string, spec: JsonObject): ActionStep => ({ do: 'patch', service, patch: { spec } });
export const annotate = (service: string, annotations: Readonly<Record<string, string | null>>): ActionStep => ({
  do: 'patch',
  service,
  patch: { metadata: { annotations } },
});
export const fault = (verb: ContractFault['verb'], kind: ContractFault['fault'], over: Partial<ContractFault> = {}): ActionStep => ({
  do: 'fault',
  fault: { ...over, verb, fault: kind },
});
export const apiFault = (kind: KubeFault['fault'], over: Partial<KubeFault> = {}): ActionStep => ({
  do: 'api-fault',
  fault: { ...over, fault: kind },
});

/** Every port is served and the user is told so. */
export const served = (rows: Rows, service: string): CheckStep => ({ rows, check: 'condition', service, type: 'Programmed' });

/** Refused with this reason, which names these things; nothing was made for it and nobody waits for an address. */
export const refused = (rows: Rows, service: string, reason: Reason, mentions: readonly string[] = []): readonly CheckStep[] => [
  { rows, check: 'condition', service, type: 'Accepted', status: 'False', reason, mentions },
  { rows, check: 'condition', service, type: 'Programmed', status: 'False' },
  { rows, check: 'events', service, has: [reason] },
  { rows, check: 'owned', service, none: true },
  { rows, check: 'ingress', service, count: 0 },
  { rows, check: 'finalizer', service, present: false },
];

/** Refused with this reason after it was served: all it had at the moment named `since` stands as it was. */
export const frozen = (
  rows: Rows,
  service: string,
  since: string,
  reason: Reason,
  mentions: readonly string[] = [],
): readonly CheckStep[] => [
  { rows, check: 'condition', service, type: 'Accepted', status: 'False', reason, mentions },
  { rows, check: 'owned', service, same: since },
  { rows, check: 'ingress', service, same: since },
  { rows, check: 'calls', since, verb: 'apply', service, atMost: 0 },
];

/** What the provider was last asked for holds this value there. */
export const asked = (rows: Rows, service: string, at: string, equals: Json): CheckStep => ({ rows, check: 'want', service, at, equals });

/** Neither the provider nor the API server heard anything of it, and nobody said anything of it, since then or ever. */
export const leftAlone = (rows: Rows, service: string, since?: string): CheckStep => ({
  rows,
  check: 'left-alone',
  service,
  ...(since === undefined ? {} : { since }),
});

export const ports = (...list: readonly (readonly [protocol: string, port: number])[]): JsonObject => ({
  ports: list.map(([protocol, port]) => ({ name: `${protocol.toLowerCase()}-${port}`, protocol, port })),
});
