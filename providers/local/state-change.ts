import { LbError } from '../../src/errors.ts';
import { cloudId, type CloudId, type ListenerId } from '../../src/model/ids.ts';
import { ownerOfMarks, type Marks } from '../../src/model/owner.ts';
import type { IpAddress } from '../../src/net/ip.ts';
import type { MemberList, Operation } from './operation.ts';
import type { LoadBalancerRecord, RecordedListener, State } from './state.ts';

/** The state after an operation, and the load balancer it was about; `id` is absent where what should go is gone. */
export interface Changed {
  readonly state: State;
  readonly id?: CloudId;
}

/**
 * Carries out one operation on the state. Pure. What is done already changes nothing: the same state comes back.
 * @throws LbError `Conflict` when every address to choose from is taken meanwhile, `NotFound` when there is nothing to change.
 */
export function changed(state: State, operation: Operation): Changed {
  switch (operation.do) {
    case 'create':
      return create(state, operation);
    case 'delete':
      return state.loadBalancers.some((record) => record.id === operation.on)
        ? { state: withoutUnusedSets({ ...state, loadBalancers: state.loadBalancers.filter((record) => record.id !== operation.on) }) }
        : { state };
    case 'set-members': {
      const { digest } = operation.members;
      return edit(withMembers(state, operation.members), operation.on, (record) => ({ ...record, members: digest }));
    }
    case 'add-listener':
      return edit(state, operation.on, (record) => ({
        ...record,
        listeners: byId([...record.listeners.filter((listener) => listener.id !== operation.listener.id), operation.listener]),
      }));
    case 'remove-listener':
      return edit(state, operation.on, (record) => ({
        ...record,
        listeners: record.listeners.filter((listener) => listener.id !== operation.listener),
      }));
    case 'set-node-port':
      return editListener(state, operation.on, operation.listener, { nodePort: operation.nodePort });
    case 'set-health-check':
      return editListener(state, operation.on, operation.listener, { healthCheck: operation.healthCheck });
    case 'set-source-ranges':
      return edit(state, operation.on, (record) => ({ ...record, sourceRanges: operation.sourceRanges }));
    case 'set-affinity':
      return edit(state, operation.on, (record) => ({ ...record, affinity: operation.affinity }));
    case 'set-settings':
      return edit(state, operation.on, (record) => ({ ...record, settings: operation.settings }));
    case 'add-address':
      return addAddress(state, operation.on, operation.choices);
    case 'remove-address':
      return edit(state, operation.on, (record) => withoutAddress(record, operation.address));
    case 'release':
      return edit(state, operation.on, (record) => ({ ...record, marks: {} }));
  }
}

/** Every address that belongs to a load balancer, whoever owns it. */
export function takenAddresses(state: State): ReadonlySet<string> {
  return new Set(state.loadBalancers.flatMap((record) => record.addresses));
}

export const byId = (listeners: readonly RecordedListener[]): readonly RecordedListener[] =>
  listeners.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

function create(state: State, operation: Operation & { do: 'create' }): Changed {
  const done = state.loadBalancers.find(
    (record) => sameOwner(record.marks, operation.marks) && record.addresses.some((address) => operation.choices.flat().includes(address)),
  );
  if (done !== undefined) return { state, id: done.id };
  const { marks, scheme, listeners, sourceRanges, affinity, settings } = operation;
  const id = cloudId(`lb-${state.created + 1}`);
  const record: LoadBalancerRecord = {
    id,
    marks,
    scheme,
    addresses: operation.choices.map((choices) => firstFree(state, choices)),
    listeners: byId(listeners),
    members: operation.members.digest,
    sourceRanges,
    affinity,
    settings,
  };
  const next = withMembers(state, operation.members);
  return { state: { ...next, created: state.created + 1, loadBalancers: [...state.loadBalancers, record] }, id };
}

function addAddress(state: State, id: CloudId, choices: readonly IpAddress[]): Changed {
  const record = state.loadBalancers.find((candidate) => candidate.id === id);
  if (record?.addresses.some((address) => choices.includes(address)) === true) return { state, id };
  const [address, created] = [firstFree(state, choices), state.created + 1];
  return edit({ ...state, created }, id, ({ added, ...rest }) => ({
    ...rest,
    addresses: [...rest.addresses, address],
    added: { ...added, [address]: created },
  }));
}

function withoutAddress({ added = {}, ...rest }: LoadBalancerRecord, gone: IpAddress): LoadBalancerRecord {
  const addresses = rest.addresses.filter((address) => address !== gone);
  if (addresses.length === 0) throw new LbError('ProviderBug', `${gone} is the only address of ${rest.id}`);
  const left = Object.entries(added).filter(([address]) => address !== gone);
  return { ...rest, addresses, ...(left.length === 0 ? {} : { added: Object.fromEntries(left) }) };
}

function firstFree(state: State, choices: readonly IpAddress[]): IpAddress {
  const taken = takenAddresses(state);
  const address = choices.find((choice) => !taken.has(choice));
  if (address === undefined) throw new LbError('Conflict', 'other load balancers took the free addresses meanwhile', { retryAfterMs: 100 });
  return address;
}

function edit(state: State, id: CloudId, change: (record: LoadBalancerRecord) => LoadBalancerRecord): Changed {
  if (!state.loadBalancers.some((record) => record.id === id)) throw new LbError('NotFound', `load balancer ${id} does not exist`);
  const loadBalancers = state.loadBalancers.map((record) => (record.id === id ? change(record) : record));
  return { state: withoutUnusedSets({ ...state, loadBalancers }), id };
}

function editListener(state: State, on: CloudId, id: ListenerId, change: Partial<RecordedListener>): Changed {
  return edit(state, on, (record) => {
    if (!record.listeners.some((listener) => listener.id === id))
      throw new LbError('NotFound', `load balancer ${on} has no listener ${id}`);
    return { ...record, listeners: record.listeners.map((listener) => (listener.id === id ? { ...listener, ...change } : listener)) };
  });
}

/** A set that is there already stays the very array it is: equal sets are one. */
function withMembers(state: State, { digest, list }: MemberList): State {
  return state.memberSets[digest] === undefined ? { ...state, memberSets: { ...state.memberSets, [digest]: list } } : state;
}

function withoutUnusedSets(state: State): State {
  const used = new Set<string>(state.loadBalancers.map((record) => record.members));
  const kept = Object.entries(state.memberSets).filter(([digest]) => used.has(digest));
  return { ...state, memberSets: Object.fromEntries(kept) };
}

function sameOwner(a: Marks, b: Marks): boolean {
  const [left, right] = [ownerOfMarks(a), ownerOfMarks(b)];
  return left !== undefined && left.clusterId === right?.clusterId && left.key === right.key;
}
