import type { LbError } from '../errors.ts';
import type { LoadBalancerKey } from '../model/ids.ts';
import type { Json } from '../model/json.ts';
import type { AnyPlan, AnyStep } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { Want } from '../model/spec.ts';

/** One call of a controller to its provider, as it went through the contract. */
export interface ProviderCall {
  readonly kind: 'call';
  readonly install: string;
  /** Virtual time in milliseconds. */
  readonly at: number;
  readonly verb: 'start' | 'observe' | 'plan' | 'apply' | 'report' | 'inventory' | 'close';
  /** Absent for calls that are about no load balancer. */
  readonly key?: LoadBalancerKey;
  readonly want?: Want<unknown>;
  /** How old what is observed may be; 0 = live. */
  readonly maxAgeMs?: number;
  readonly have?: Json;
  readonly step?: AnyStep;
  readonly plan?: AnyPlan;
  readonly report?: Report;
  /** Set when the call ended badly; `lost` also where it was done. */
  error?: LbError;
  /** True from the moment the call came back, well or badly. */
  ended: boolean;
}

/** One request of a controller to the API server. */
export interface ApiWrite {
  readonly kind: 'api';
  readonly install: string;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  status: number;
}

/** Something the story did. */
export interface Act {
  readonly kind: 'act';
  readonly at: number;
  readonly text: string;
}

export type TraceEntry = ProviderCall | ApiWrite | Act;

/** Everything that went between controllers, providers and the API server, in order. What oracles look at. */
export class Trace {
  readonly entries: TraceEntry[] = [];

  add<Entry extends TraceEntry>(entry: Entry): Entry {
    this.entries.push(entry);
    return entry;
  }

  /** Calls to a provider from this position on. */
  calls(since = 0): readonly ProviderCall[] {
    return this.entries.slice(since).filter((entry) => entry.kind === 'call');
  }

  /** Writes to the API server from this position on, but for Leases and events. */
  writes(since = 0): readonly ApiWrite[] {
    const writes = this.entries.slice(since).filter((entry) => entry.kind === 'api');
    return writes.filter(({ method, path }) => method !== 'GET' && !path.includes('/leases') && !path.includes('/events'));
  }

  /** The last entries as lines for people, with seconds since the story began. A Lease that was renewed is no news. */
  tail(count: number): readonly string[] {
    const start = this.entries[0]?.at ?? 0;
    const renewed = (entry: TraceEntry) => entry.kind === 'api' && entry.path.includes('/leases/') && entry.status === 200;
    return this.entries
      .filter((entry) => !renewed(entry))
      .slice(-count)
      .map((entry) => lineOf(entry, entry.at - start));
  }
}

function lineOf(entry: TraceEntry, sinceMs: number): string {
  const time = `${(sinceMs / 1000).toFixed(3)}s`;
  switch (entry.kind) {
    case 'act':
      return `${time} > ${entry.text}`;
    case 'api':
      return `${time} ${entry.install} ${entry.method} ${entry.path.split('?')[0]} ${entry.status === 0 ? 'no answer' : entry.status}`;
    case 'call':
      return `${time} ${entry.install} ${entry.verb}${subject(entry)}${entry.ended ? '' : ' …'}${entry.error === undefined ? '' : ` ! ${entry.error.message}`}`;
  }
}

function subject({ key, step, plan }: ProviderCall): string {
  if (step !== undefined) return ` ${step.id}: ${step.summary}`;
  if (plan !== undefined) return ` ${key}: ${planInShort(plan)}`;
  return key === undefined ? '' : ` ${key}`;
}

function planInShort({ steps, refusals, wait }: AnyPlan): string {
  const parts = [
    ...steps.map(({ id }) => id),
    ...refusals.map(({ reason }) => `refused ${reason}`),
    ...(wait === undefined ? [] : [`waits ${wait.reason}`]),
  ];
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}
