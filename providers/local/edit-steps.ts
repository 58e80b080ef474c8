/** The steps that change a load balancer where it stands. */
import { canonicalJson } from '../../src/model/digest.ts';
import { fieldPath, stepId, type ListenerId } from '../../src/model/ids.ts';
import type { Claim, Disruption, Step } from '../../src/model/plan.ts';
import type { Frozen, Listener, LoadBalancerSpec, Member } from '../../src/model/spec.ts';
import { contains, type Cidr, type IpAddress } from '../../src/net/ip.ts';
import type { Observed } from './observe.ts';
import type { MemberList, Operation } from './operation.ts';
import { recordedSettings, type RecordedSettings, type Settings } from './settings.ts';
import type { LoadBalancerRecord, RecordedListener, RecordedMember } from './state.ts';

export const recordedListener = ({ id, nodePort, healthCheck }: Listener): RecordedListener => ({ id, nodePort, healthCheck });

export const recordedMembers = (want: Pick<Frozen, 'members' | 'membersDigest'>): MemberList => ({
  digest: want.membersDigest,
  list: want.members.map(({ node, addresses }: Member): RecordedMember => ({ node, addresses })),
});

/** All that makes a record equal to the spec; what takes away comes after what adds. */
export function editSteps(want: LoadBalancerSpec<Settings>, record: Observed): readonly Step<Operation>[] {
  const steps: Step<Operation>[] = [];
  for (const listener of want.listeners) {
    const old = record.listeners.find(({ id }) => id === listener.id);
    if (old === undefined) steps.push(addListener(record, listener));
    else if (!same(old.healthCheck, listener.healthCheck)) steps.push(setHealthCheck(record, listener));
  }
  steps.push(...memberSteps(want, want.listeners, record));
  if (!same(record.affinity, want.affinity)) {
    const op: Operation = { do: 'set-affinity', on: record.id, affinity: want.affinity };
    steps.push(edit(record, 'affinity', { summary: `set session affinity to ${want.affinity.kind}`, disruption: 'none', op }));
  }
  const settings = recordedSettings(want.settings);
  if (!same(record.settings, settings)) {
    const op: Operation = { do: 'set-settings', on: record.id, settings };
    steps.push(edit(record, 'settings', { summary: settingsText(record.settings, settings), disruption: 'none', op }));
  }
  if (!same(record.sourceRanges, want.sourceRanges)) steps.push(setSourceRanges(record, want));
  const added = steps.filter(({ verb }) => verb === 'create').map(({ id }) => id);
  for (const { id } of record.listeners) {
    if (!want.listeners.some((listener) => listener.id === id)) steps.push({ ...removeListener(record, id), after: added });
  }
  return steps;
}

/** Members and the node ports of existing listeners: all that a frozen load balancer gets. */
export function memberSteps(
  want: Pick<Frozen, 'members' | 'membersDigest'>,
  nodePorts: readonly { readonly id: ListenerId; readonly nodePort: number }[],
  record: Observed,
): readonly Step<Operation>[] {
  const steps: Step<Operation>[] = [];
  if (record.members !== want.membersDigest) steps.push(setMembers(want, record));
  for (const { id, nodePort } of nodePorts) {
    const old = record.listeners.find((listener) => listener.id === id);
    if (old !== undefined && nodePort !== 0 && old.nodePort !== nodePort) {
      const op: Operation = { do: 'set-node-port', on: record.id, listener: id, nodePort };
      const summary = `forward ${id} to node port ${nodePort} instead of ${old.nodePort}`;
      steps.push({ ...edit(record, `listener/${id}/node-port`, { summary, disruption: 'drains', op }), membersOnly: true });
    }
  }
  return steps;
}

function setMembers(want: Pick<Frozen, 'members' | 'membersDigest'>, record: Observed): Step<Operation> {
  const members = recordedMembers(want);
  const reached = new Set(members.list.flatMap(({ addresses }) => Object.values(addresses)));
  const leaving = (record.memberList ?? []).some(({ addresses }) => Object.values(addresses).some((address) => !reached.has(address)));
  const op: Operation = { do: 'set-members', on: record.id, members };
  const step = edit(record, 'members', { summary: `forward to ${members.list.length} nodes`, disruption: leaving ? 'drains' : 'none', op });
  return { ...step, membersOnly: true };
}

function addListener(record: Observed, listener: Listener): Step<Operation> {
  const op: Operation = { do: 'add-listener', on: record.id, listener: recordedListener(listener) };
  return {
    ...edit(record, `listener/${listener.id}/create`, { summary: `listen on ${listener.id}`, disruption: 'none', op }),
    verb: 'create',
  };
}

function removeListener(record: Observed, id: ListenerId): Step<Operation> {
  const op: Operation = { do: 'remove-listener', on: record.id, listener: id };
  const claim: Claim = { loses: [`listener ${id} (${record.id})`], because: [{ field: fieldPath('spec.ports'), from: id, to: '' }] };
  const step = edit(record, `listener/${id}/delete`, { summary: `stop listening on ${id}`, disruption: 'drops-connections', claim, op });
  return { ...step, verb: 'delete' };
}

/** Which nodes are asked what. Connections live on: a node that is found unhealthy only gets no new ones. */
function setHealthCheck(record: Observed, { id, healthCheck }: Listener): Step<Operation> {
  const op: Operation = { do: 'set-health-check', on: record.id, listener: id, healthCheck };
  const what = healthCheck.kind === 'local' ? `by its local endpoints (port ${healthCheck.port})` : 'by kube-proxy';
  return edit(record, `listener/${id}/health-check`, { summary: `check the health of each node of ${id} ${what}`, disruption: 'none', op });
}

/** Narrower ranges cut the clients outside of them off; wider ones are noticed by nobody. */
function setSourceRanges(record: Observed, { sourceRanges, origin }: LoadBalancerSpec<Settings>): Step<Operation> {
  const [from, to] = [rangesText(record.sourceRanges), rangesText(sourceRanges)];
  const op: Operation = { do: 'set-source-ranges', on: record.id, sourceRanges };
  const summary = `accept clients of ${to}`;
  if (!isNarrower(record.sourceRanges, sourceRanges)) return edit(record, 'source-ranges', { summary, disruption: 'none', op });
  const claim: Claim = {
    loses: [`clients outside of ${to} (${record.id})`],
    because: [{ field: origin.sourceRanges ?? fieldPath('spec.loadBalancerSourceRanges'), from, to }],
  };
  return edit(record, 'source-ranges', { summary, disruption: 'drops-connections', claim, op });
}

/** Whether somebody may be let in by `before` and not by `after`; never false where somebody is. */
function isNarrower(before: readonly Cidr[], after: readonly Cidr[]): boolean {
  if (after.length === 0) return false;
  if (before.length === 0) return !after.some((range) => range.endsWith('/0'));
  return !before.every((old) => after.some((range) => bitsOf(range) <= bitsOf(old) && contains(range, networkOf(old))));
}

const bitsOf = (range: Cidr): number => Number(range.slice(range.indexOf('/') + 1));
const networkOf = (range: Cidr): IpAddress => range.slice(0, range.indexOf('/')) as IpAddress; // a Cidr holds a canonical address before its slash
/** Only new connections to nodes begin with another header, or none. */
function settingsText(before: RecordedSettings, { proxyProtocol }: RecordedSettings): string {
  if (before.proxyProtocol === proxyProtocol) return 'set timeouts';
  return proxyProtocol === undefined ? 'send no PROXY header to the nodes' : `send a PROXY header to the nodes, version ${proxyProtocol},`;
}

const rangesText = (ranges: readonly Cidr[]): string => (ranges.length === 0 ? 'any address' : ranges.join(', '));
const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

export function edit(
  record: LoadBalancerRecord,
  part: string,
  { summary, disruption, claim, op }: { summary: string; disruption: Disruption; claim?: Claim; op: Operation },
): Step<Operation> {
  return {
    id: stepId(`${record.id}/${part}`),
    after: [],
    verb: 'update',
    resource: { kind: kindOf(part), name: part, id: record.id },
    summary: `${summary} on ${record.addresses.join(', ')}`,
    proof: { marks: record.marks, on: record.id },
    repeat: 'safe',
    disruption,
    ...(claim === undefined ? {} : { claim }),
    op,
  };
}

const kindOf = (part: string): string => part.slice(0, part.indexOf('/') === -1 ? undefined : part.indexOf('/'));
