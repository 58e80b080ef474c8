/** What stories of a Service that is served already begin with, and what they ask again and again. Plain data, as in `story.ts`. */
import type { ActionStep, CaseStep, CheckStep } from './case.ts';
import type { RowId } from './rows/row.ts';
import { create, remember, rest, served } from './story.ts';

type Create = NonNullable<Parameters<typeof create>[1]>;

/** The Service `web` is served; the moment is remembered as `served`. */
export const servedWeb = (over: Create = {}): readonly CaseStep[] => [create('web', over), rest(), served([], 'web'), remember('served')];

/** The smallest story that asks for an internal address, which a provider may lack. */
export const asksForInternal: readonly ActionStep[] = [create('web', { annotations: { 'portolan.dev/scheme': 'internal' } })];

/** `web` and other Services like it are served; the moment is remembered as `served`. */
export const servedAll = (...names: readonly string[]): readonly CaseStep[] => [
  ...names.map((name) => create(name)),
  rest(),
  ...names.map((name) => served([], name)),
  remember('served'),
];

/** The same things in the cloud, the same addresses in status as at that moment. */
export const stands = (rows: readonly RowId[], service = 'web', since = 'served'): readonly CheckStep[] => [
  { rows, check: 'owned', service, same: since },
  { rows, check: 'ingress', service, same: since },
];

/** One load balancer, with an address, and nothing left to do. */
export const whole = (rows: readonly RowId[], service = 'web'): readonly CheckStep[] => [
  served(rows, service),
  { rows, check: 'owned', service, main: 1 },
  { rows, check: 'ingress', service, count: 1 },
  { rows, check: 'settled', service },
];

/** Neither the cloud was changed nor a Service written since that moment. */
export const nothingWritten = (rows: readonly RowId[], since: string): readonly CheckStep[] => [
  { rows, check: 'calls', since, verb: 'apply', atMost: 0 },
  { rows, check: 'api-writes', since, atMost: 0 },
];

/** Not one call to the cloud and not one write since that moment. */
export const silence = (rows: readonly RowId[], since: string): readonly CheckStep[] => [
  { rows, check: 'calls', since, verb: 'any', atMost: 0 },
  { rows, check: 'api-writes', since, atMost: 0 },
];
