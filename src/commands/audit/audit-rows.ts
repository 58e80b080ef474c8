import { isShownOnly } from '../../controller/audit.ts';
import type { Group } from '../../controller/audit-verdicts.ts';
import { strayDigest } from '../../controller/stray-mark.ts';
import type { LbError } from '../../errors.ts';
import type { OwnedThing } from '../../model/capabilities.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LoadBalancerClass } from '../../model/load-balancer-class.ts';
import type { ProviderName } from '../../model/ids.ts';
import type { Marks } from '../../model/owner.ts';
import { errorJson } from '../look/look-json.ts';
import type { Around } from './look-around.ts';

/** One thing, as it is shown. */
export interface AuditRow {
  readonly state: Group['verdict'] | 'foreign';
  readonly thing: OwnedThing;
  /** The Service that has it, where one does. */
  readonly service?: string;
  /** Strays only: wall time since when the process that leads knows it as one; absent = seen for the first time now. */
  readonly since?: number;
  readonly why?: string;
  /** Foreign things only. */
  readonly marks?: Marks;
}

/** What is said of one provider: strays first, what is owned last. */
export interface ProviderRows {
  readonly provider: ProviderName;
  readonly rows: readonly AuditRow[];
  readonly error?: LbError;
}

const order: readonly AuditRow['state'][] = ['stray', 'doubt', 'foreign', 'owned'];

export function auditRows({ findings, failed, since }: Around, classes: readonly LoadBalancerClass[]): readonly ProviderRows[] {
  const looked = findings.map(({ provider, groups, foreign }): ProviderRows => {
    const rows = groups.flatMap((group) => group.things.map((thing) => rowOf(provider, group, thing, since, classes)));
    const others = foreign.map((thing): AuditRow => ({ state: 'foreign', thing, marks: thing.foreign?.marks ?? {} }));
    const all = [...rows, ...others].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
    return { provider, rows: all };
  });
  return [...looked, ...[...failed].map(([provider, error]): ProviderRows => ({ provider, rows: [], error }))];
}

function rowOf(
  provider: ProviderName,
  { key, verdict, why, service }: Group,
  thing: OwnedThing,
  known: Around['since'],
  classes: readonly LoadBalancerClass[],
): AuditRow {
  const since = verdict === 'stray' ? known.get(strayDigest(provider, key)) : undefined;
  const kept = verdict === 'stray' && isShownOnly(provider, classes) ? '; kept, because a class of this provider is plan-only' : '';
  return {
    state: verdict,
    thing,
    ...(service === undefined ? {} : { service }),
    ...(since === undefined ? {} : { since }),
    ...(why === undefined ? {} : { why: `${why}${kept}` }),
  };
}

export const countOf = (all: readonly ProviderRows[], state: AuditRow['state']): number =>
  all.flatMap(({ rows }) => rows).filter((row) => row.state === state).length;

export function providerJson({ provider, rows, error }: ProviderRows): JsonObject {
  const of = (state: AuditRow['state']) => rows.filter((row) => row.state === state).map(rowJson);
  return {
    provider,
    ...(error === undefined ? {} : { error: errorJson(error) }),
    owned: of('owned'),
    strays: of('stray'),
    doubt: of('doubt'),
    foreign: of('foreign'),
  };
}

function rowJson({ state, thing, service, since, why, marks }: AuditRow): JsonObject {
  return {
    kind: thing.kind,
    id: thing.id,
    name: thing.name,
    key: thing.key,
    ...(service === undefined ? {} : { service }),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(state === 'stray' && since === undefined ? { firstSeenNow: true } : {}),
    ...(thing.createdAt === undefined ? {} : { createdAt: new Date(thing.createdAt).toISOString() }),
    ...(why === undefined ? {} : { why }),
    ...(marks === undefined ? {} : { marks: { ...marks } }),
  };
}
