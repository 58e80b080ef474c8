import { canonicalJson } from '../../../../src/model/digest.ts';
import { cloudId, fieldPath, stepId, type ListenerId, type StepId } from '../../../../src/model/ids.ts';
import { marksOf } from '../../../../src/model/owner.ts';
import type { Plan, Step } from '../../../../src/model/plan.ts';
import { isFrozen, isGone, isSpec, type Listener, type LoadBalancerSpec, type MemberSet, type Want } from '../../../../src/model/spec.ts';
import { membersDigest, type ToyListener, type ToyListeners } from '../toy-cloud.ts';
import type { HadBalancer, Have, Operation } from './operation.ts';

type ToyStep = Step<Operation>;

/** What must change. Pure. */
export function plan(want: Want<unknown>, { balancer }: Have): Plan<Operation> {
  return { steps: stepsOf(want, balancer), refusals: [] };
}

function stepsOf(want: Want<unknown>, had: HadBalancer | null): readonly ToyStep[] {
  if (isSpec(want)) return had === null ? [creation(want)] : edits(want, had);
  if (had === null) return [];
  if (isGone(want)) return [want.leave === 'everything' ? release(had) : removal(had)];
  return isFrozen(want) ? follow(want.members, want.nodePorts, had) : [];
}

function creation(want: LoadBalancerSpec<unknown>): ToyStep {
  const marks = marksOf(want.owner);
  const name = want.owner.services.map((service) => service.name).join(',');
  const wish = { name, listeners: listenersOf(want), members: namesOf(want.members) };
  return {
    id: stepId('load-balancer/create'),
    after: [],
    verb: 'create',
    resource: { kind: 'load-balancer', name },
    summary: `create a load balancer with ${Object.keys(wish.listeners).join(', ')}`,
    proof: { willMark: marks },
    repeat: 'safe',
    disruption: 'none',
    op: { do: 'put', wish },
  };
}

function edits(want: LoadBalancerSpec<unknown>, had: HadBalancer): readonly ToyStep[] {
  const wanted = listenersOf(want);
  const added = Object.entries(wanted)
    .filter(([name]) => had.listeners[name] === undefined)
    .map(([name, listener]) => step(had, `${name}/create`, 'create', `listen on ${name}`, { do: 'listener', name, listener }));
  const checked = Object.entries(wanted).flatMap(([name, listener]) => {
    const old = had.listeners[name];
    if (old === undefined || canonicalJson(old.healthCheck) === canonicalJson(listener.healthCheck)) return [];
    const op: Operation = { do: 'listener', name, listener: { ...listener, nodePort: old.nodePort } };
    return [step(had, `${name}/health-check`, 'update', `check the nodes of ${name} another way`, op)];
  });
  const removed = Object.keys(had.listeners)
    .filter((name) => wanted[name] === undefined)
    .map((name) =>
      removalOf(
        name,
        had,
        added.map(({ id }) => id),
      ),
    );
  return [...added, ...checked, ...follow(want.members, want.listeners, had, wanted), ...removed];
}

/** Members and node ports of listeners that exist: all that a frozen one gets. A node port is set together with the check that is `wanted`. */
function follow(
  members: MemberSet,
  nodePorts: readonly Pick<Listener, 'id' | 'nodePort'>[],
  had: HadBalancer,
  wanted: ToyListeners = had.listeners,
): readonly ToyStep[] {
  const steps: ToyStep[] = [];
  const names = namesOf(members);
  if (membersDigest(names) !== had.members) {
    steps.push({
      ...step(had, 'members', 'update', 'change the nodes', { do: 'members', members: names }),
      membersOnly: true,
      disruption: 'drains',
    });
  }
  for (const { id, nodePort } of nodePorts) {
    const old = had.listeners[id];
    if (nodePort === 0 || old === undefined || old.nodePort === nodePort) continue;
    steps.push(nodePortStep(had, id, { nodePort, healthCheck: wanted[id]?.healthCheck ?? old.healthCheck }));
  }
  return steps;
}

const nodePortStep = (had: HadBalancer, id: ListenerId, listener: ToyListener): ToyStep => ({
  ...step(had, `${id}/node-port`, 'update', `forward ${id} to another node port`, { do: 'listener', name: id, listener }),
  membersOnly: true,
  disruption: 'drains',
});

const removalOf = (name: string, had: HadBalancer, after: readonly StepId[]): ToyStep => ({
  ...step(had, `${name}/delete`, 'delete', `stop listening on ${name}`, { do: 'listener', name, listener: null }),
  after,
  disruption: 'drops-connections',
  claim: { loses: [`listener ${name} (${had.id})`], because: [{ field: fieldPath('spec.ports'), from: name, to: '' }] },
});

const release = (had: HadBalancer): ToyStep => step(had, 'release', 'update', 'take the marks off', { do: 'release' });

const removal = (had: HadBalancer): ToyStep => ({
  ...step(had, 'delete', 'delete', 'delete the load balancer', { do: 'delete' }),
  disruption: 'destroys',
  claim: { loses: [`address ${had.address} (${had.id})`], because: [] },
});

const step = (had: HadBalancer, part: string, verb: ToyStep['verb'], summary: string, op: Operation): ToyStep => ({
  id: stepId(`${had.id}/${part}`),
  after: [],
  verb,
  resource: { kind: 'load-balancer', name: had.address, id: had.id },
  summary: `${summary} on ${had.address}`,
  proof: { marks: had.marks, on: cloudId(had.id) },
  repeat: 'safe',
  disruption: 'none',
  op,
});

const namesOf = (members: MemberSet): readonly string[] => members.map(({ node }) => node);

const listenersOf = ({ listeners }: LoadBalancerSpec<unknown>): ToyListeners =>
  Object.fromEntries(listeners.map(({ id, nodePort, healthCheck }) => [id, { nodePort, healthCheck }]));
