import { conditionTypes, type Condition } from '../model/condition.ts';
import { digestOf } from '../model/digest.ts';
import { providerName, type CloudId, type Digest, type ProviderName } from '../model/ids.ts';
import { normalized, type Ingress } from '../model/ingress.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';

/**
 * What was applied, kept on the Service itself as the message of the condition `portolan.dev/Applied`. `applied: false` is
 * written and acknowledged before the first change, `true` after a finished pass. A cache with a write-ahead mark, never
 * proof: lost or unreadable it costs one pass of reads.
 */
export interface AppliedRecord {
  readonly applied: boolean;
  readonly input: Digest | 'gone';
  readonly spec: Digest | 'gone';
  readonly id?: CloudId;
  /** The provider that has it: a class may be given another one while nobody runs. */
  readonly provider?: ProviderName;
  /** Digest of the ingress written with it: what was changed behind our back while nobody ran is seen at start. */
  readonly status?: Digest;
  /** The change under way was made by the class, not by the Service. */
  readonly byClass?: true;
}

/** The condition's status and message; `v1 input=… spec=… [id=…] [provider=…] [status=…] [by=class]`. */
export function formatRecord(record: AppliedRecord): Pick<Condition, 'type' | 'status' | 'reason' | 'message'> {
  const parts = ['v1', `input=${record.input}`, `spec=${record.spec}`];
  if (record.id !== undefined) parts.push(`id=${encodeURIComponent(record.id)}`);
  if (record.provider !== undefined) parts.push(`provider=${encodeURIComponent(record.provider)}`);
  if (record.status !== undefined) parts.push(`status=${record.status}`);
  if (record.byClass === true) parts.push('by=class');
  return {
    type: conditionTypes.applied,
    status: record.applied ? 'True' : 'False',
    reason: record.applied ? 'Applied' : 'Applying',
    message: parts.join(' '),
  };
}

/** The record among a Service's conditions; undefined where there is none or it cannot be read. */
export function readRecord(conditions: readonly Condition[]): AppliedRecord | undefined {
  const condition = conditions.find(({ type }) => type === conditionTypes.applied);
  if (condition === undefined) return undefined;
  const [version, ...parts] = condition.message.split(' ');
  if (version !== 'v1') return undefined;
  const fields = new Map(parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
  const input = fields.get('input') as Digest | 'gone' | undefined; // opaque: only ever compared
  const spec = fields.get('spec') as Digest | 'gone' | undefined; // as above
  if (input === undefined || spec === undefined) return undefined;
  const id = decode(fields.get('id'));
  const provider = decode(fields.get('provider'));
  const status = fields.get('status') as Digest | undefined; // as above
  return {
    applied: condition.status === 'True',
    input,
    spec,
    ...(id === undefined ? {} : { id: id as CloudId }), // opaque: only ever compared
    ...(provider === undefined ? {} : { provider: providerName(provider) }),
    ...(status === undefined ? {} : { status }),
    ...(fields.get('by') === 'class' ? { byClass: true } : {}),
  };
}

/**
 * Whether changes may have been begun whose end nobody saw. The finalizer is only ever written together with a record, so
 * where it stands without a readable one the record was lost, and with it what it said.
 */
export function mayBeUnfinished(service: ServiceView, finalizer: string): boolean {
  const record = readRecord(service.conditions);
  return record === undefined ? service.finalizers.includes(finalizer) : !record.applied;
}

/** Whether something was made for it: the finalizer says so, and, where somebody took that off, the record. */
export const isServed = (service: ServiceView, finalizer: string): boolean =>
  service.finalizers.includes(finalizer) || readRecord(service.conditions) !== undefined;

/** The provider that has the load balancer of a Service, or that shall have it. */
export const servedBy = (service: ServiceView, klass: LoadBalancerClass): ProviderName =>
  readRecord(service.conditions)?.provider ?? klass.provider;

/** Digest of an ingress list, the same for `ipMode` absent and `VIP`. */
export const ingressDigest = (ingress: readonly Ingress[]): Digest => digestOf(ingress.map(normalized));

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // written by somebody else: the record is a cache, so an unreadable id is no id
  }
}
