/**
 * The state file's text. Printing is byte-stable: equal states are equal texts. Reading believes nothing: what is not
 * understood whole is refused whole, because a half-understood file would lose addresses with the next write.
 */
import * as z from 'zod';
import { LbError } from '../../src/errors.ts';
import { cloudId, type Digest, type ListenerId } from '../../src/model/ids.ts';
import { ownerOfMarks } from '../../src/model/owner.ts';
import { parseCidr, parseIp, type Cidr, type IpAddress } from '../../src/net/ip.ts';
import type { LoadBalancerRecord, RecordedMember, State } from './state.ts';

const version = 1;

const address = z.string().transform((text, context): IpAddress => parseIp(text) ?? refuse(context, 'is no IP address'));
const cidr = z.string().transform((text, context): Cidr => parseCidr(text) ?? refuse(context, 'is no network'));
const port = z.int().min(1).max(65_535);
const listener = z.strictObject({
  id: z
    .string()
    .regex(/^(TCP|UDP)\/[1-9]\d{0,4}$/)
    .transform((text) => text as ListenerId), // shape just checked
  nodePort: port,
  healthCheck: z.union([z.strictObject({ kind: z.literal('local'), port }), z.strictObject({ kind: z.literal('cluster') })]),
});
const digest = z.string().transform((text) => text as Digest); // only ever compared
const record = z.strictObject({
  id: z
    .string()
    .regex(/^lb-[1-9]\d*$/)
    .transform(cloudId),
  marks: z.record(z.string(), z.string()),
  scheme: z.enum(['public', 'internal']),
  addresses: z.array(address).min(1),
  added: z.record(z.string(), z.int().min(1)).exactOptional(),
  listeners: z.array(listener),
  members: digest,
  sourceRanges: z.array(cidr),
  affinity: z.union([
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('client-ip'), timeoutSeconds: z.int().min(1) }),
  ]),
  settings: z.strictObject({
    drainTimeout: z.number().min(0),
    udpIdleTimeout: z.number().min(1),
    proxyProtocol: z.union([z.literal(1), z.literal(2)]).exactOptional(),
  }),
});
const member = z.strictObject({
  node: z.string(),
  addresses: z.strictObject({ IPv4: address.exactOptional(), IPv6: address.exactOptional() }),
});
const stateShape = z.strictObject({
  version: z.literal(version),
  created: z.int().min(0),
  loadBalancers: z.array(record),
  memberSets: z.record(z.string(), z.array(member)),
});

/** @throws LbError StateFileInvalid, naming the place. */
export function parseState(text: string, path: string): State {
  const parsed = stateShape.safeParse(parseJson(text, path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.join('.');
    throw invalid(path, `${place}: ${issue?.message ?? 'not understood'}`, parsed.error);
  }
  const { created, loadBalancers, memberSets } = parsed.data;
  const state: State = { created, loadBalancers, memberSets };
  const contradiction = contradictionIn(state);
  if (contradiction !== undefined) throw invalid(path, contradiction);
  return state;
}

/** The text of a state: JSON with a fixed order of fields, one line per load balancer and per member set. */
export function printState({ created, loadBalancers, memberSets }: State): string {
  const sets = Object.entries(memberSets).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `{"version":${version},"created":${created},"loadBalancers":[`,
    loadBalancers.map((record) => printed(record, printable)).join(',\n'),
    '],"memberSets":{',
    sets.map(([digest, list]) => `${JSON.stringify(digest)}:${printed(list, printableMembers)}`).join(',\n'),
    '}}\n',
  ].join('\n');
}

/** Parts of a state never change; only what is new is printed anew, or each write would cost as much as all there is. */
const printedParts = new WeakMap<object, string>();

function printed<Part extends object>(part: Part, toPrint: (part: Part) => unknown): string {
  const text = printedParts.get(part) ?? JSON.stringify(toPrint(part));
  printedParts.set(part, text);
  return text;
}

const printableMembers = (list: readonly RecordedMember[]) =>
  list.map(({ node, addresses }) => ({ node, addresses: sortedByKey(addresses) }));

function printable(record: LoadBalancerRecord): unknown {
  const { id, marks, scheme, addresses, added, listeners, members, sourceRanges, affinity, settings } = record;
  const { drainTimeout, udpIdleTimeout, proxyProtocol } = settings;
  return {
    id,
    marks: sortedByKey(marks),
    scheme,
    addresses,
    ...(added === undefined ? {} : { added: sortedByKey(added) }),
    listeners: listeners.map(({ id: listenerId, nodePort, healthCheck }) => ({
      id: listenerId,
      nodePort,
      healthCheck: healthCheck.kind === 'local' ? { kind: 'local', port: healthCheck.port } : { kind: 'cluster' },
    })),
    members,
    sourceRanges,
    affinity: affinity.kind === 'none' ? { kind: 'none' } : { kind: affinity.kind, timeoutSeconds: affinity.timeoutSeconds },
    settings: { drainTimeout, udpIdleTimeout, ...(proxyProtocol === undefined ? {} : { proxyProtocol }) },
  };
}

/** What each part allows and the whole does not. */
function contradictionIn(state: State): string | undefined {
  const ids = new Set<string>();
  const taken = new Set<string>();
  for (const lb of state.loadBalancers) {
    if (ids.has(lb.id)) return `two load balancers have the id ${lb.id}`;
    ids.add(lb.id);
    if (Number(lb.id.slice('lb-'.length)) > state.created) return `${lb.id} is newer than "created" says`;
    for (const own of lb.addresses) {
      if (taken.has(own)) return `two load balancers have the address ${own}`;
      taken.add(own);
    }
    for (const [address, number] of Object.entries(lb.added ?? {})) {
      if (!lb.addresses.some((own) => own === address)) return `${lb.id} was given ${address}, which it does not have`;
      if (number > state.created) return `${address} of ${lb.id} is newer than "created" says`;
    }
    if (new Set(lb.listeners.map(({ id }) => id)).size < lb.listeners.length) return `${lb.id} has a listener twice`;
    if (state.memberSets[lb.members] === undefined) return `${lb.id} names the member set ${lb.members}, which is not there`;
    if (Object.keys(lb.marks).length > 0 && ownerOfMarks(lb.marks) === undefined) return `${lb.id} has marks that name no owner`;
  }
  return undefined;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(path, 'not JSON', cause);
  }
}

function sortedByKey<V>(of: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function refuse(context: z.RefinementCtx<string>, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

const invalid = (path: string, text: string, cause?: unknown) =>
  new LbError('StateFileInvalid', `${path} is not a state file of this provider (${text}); nothing was changed in it`, { cause });
