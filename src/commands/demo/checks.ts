import type { JsonObject } from '../../model/json.ts';
import type { ServiceView } from '../../model/service-view.ts';
import { service } from './cluster-user.ts';
import { samplePort, sampleNamespace } from './samples.ts';
import { addressOf, answeringNodes, balanced, expectAnswers, expectSilence, targetOf } from './service-checks.ts';
import { notAnsweredBy, place } from './who-answers.ts';
import type { World } from './world.ts';

/** Every load balancer carries traffic of every port to every node it should, and to no other. */
export async function checkTraffic(world: World): Promise<void> {
  world.printer.heading('Traffic');
  await Promise.all(balanced(world).map((each) => expectAnswers(world, each)));
}

/** Edits take effect, and no address changes by them. Removes a Service and a Node: for a demo that is about to end. */
export async function checkChanges(world: World): Promise<void> {
  world.printer.heading('Changes, none of which moves an address');
  const before = addresses(world);
  await editPort(world);
  await switchPolicy(world);
  await deleteService(world);
  await removeNode(world);
  await world.checklist.expect('no address has changed', () => {
    const now = addresses(world);
    const moved = [...before].filter(([key, address]) => key !== deleted && now.get(key) !== address);
    return moved.length === 0
      ? undefined
      : moved.map(([key, address]) => `${key} had ${address}, has ${now.get(key) ?? 'none'}`).join('; ');
  });
}

const deleted = `${sampleNamespace}/web`;
const editedPort = samplePort + 1;

async function editPort(world: World): Promise<void> {
  const old = here(world, 'web');
  const [port] = old?.ports ?? [];
  if (old === undefined || port === undefined) return missing(world, 'web');
  await edit(world, 'web', `port ${port.port} becomes ${editedPort}`, {
    spec: { ports: [{ name: port.name, protocol: port.protocol, port: editedPort, nodePort: port.nodePort }] },
  });
  const target = { ...targetOf(old, port), port: editedPort };
  await world.checklist.expect(`${deleted} ${place(target)} is answered`, () => notAnsweredBy(world, target, world.nodes, port.nodePort));
  await expectSilence(world, targetOf(old, port));
}

async function switchPolicy(world: World): Promise<void> {
  for (const externalTrafficPolicy of ['Local', 'Cluster'] as const) {
    await edit(world, 'policy', `externalTrafficPolicy: ${externalTrafficPolicy}`, { spec: { externalTrafficPolicy } });
    await world.checklist.expect(`${sampleNamespace}/policy has externalTrafficPolicy ${externalTrafficPolicy}`, () =>
      here(world, 'policy')?.externalTrafficPolicy === externalTrafficPolicy ? undefined : 'it has the other one',
    );
    const now = here(world, 'policy');
    if (now === undefined) return missing(world, 'policy');
    await expectAnswers(world, now);
  }
}

async function deleteService(world: World): Promise<void> {
  const old = here(world, 'web');
  if (old === undefined) return missing(world, 'web');
  world.printer.act(`delete ${deleted}`);
  await world.user.remove(service(sampleNamespace, 'web'));
  await world.checklist.expect(`${deleted} is gone`, () => {
    const left = here(world, 'web');
    return left === undefined ? undefined : `it is still there, with ${left.finalizers.join(', ') || 'no finalizer'}`;
  });
  for (const port of old.ports) await expectSilence(world, targetOf(old, port));
}

async function removeNode(world: World): Promise<void> {
  const [last] = world.range.nodes.slice(-1);
  const sample = here(world, 'policy');
  const [port] = sample?.ports ?? [];
  if (last === undefined || sample === undefined || port === undefined) return missing(world, 'policy');
  world.printer.act(`delete node ${last.name}`);
  await world.user.remove({ apiVersion: 'v1', kind: 'Node', name: last.name });
  world.nodes.delete(last.name);
  await expectSilence(world, { to: last.name, address: last.address, port: port.nodePort, protocol: 'TCP' });
  const others = balanced(world).filter((each) => answeringNodes(world, each).size > 0);
  await Promise.all(others.map((each) => expectAnswers(world, each)));
}

const here = (world: World, name: string): ServiceView | undefined => world.services.get(sampleNamespace, name);

async function edit({ printer, user }: World, name: string, what: string, change: JsonObject): Promise<void> {
  printer.act(`edit ${sampleNamespace}/${name}: ${what}`);
  await user.edit(service(sampleNamespace, name), change);
}

const missing = async ({ checklist }: World, name: string): Promise<void> =>
  void (await checklist.expect(`${sampleNamespace}/${name} is there`, () => 'it is not'));

const addresses = (world: World): ReadonlyMap<string, string | undefined> =>
  new Map(balanced(world).map((each) => [each.key, addressOf(each)]));
