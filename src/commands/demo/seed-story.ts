import type { JsonObject } from '../../model/json.ts';
import type { Cidr } from '../../net/ip.ts';
import { service, type ObjectRef } from './cluster-user.ts';
import { addressOf, expectRefused, expectServed, expectSilence } from './service-checks.ts';
import { seed, seeds } from './seeds.ts';
import type { Target } from './traffic.ts';
import { notAnsweredBy } from './who-answers.ts';
import type { World } from './world.ts';

/** Told as stories below, because one follows from the other. */
const told: ReadonlySet<string> = new Set(['Y06', 'Y25', 'Y15', 'Y16', 'Y31', 'Y33']);

/** Addresses that the two Services which ask for an impossible one are given instead: the last octet. */
const internalHost = 100;
const publicHost = 200;

/** Applies every seed manifest but those of the stories, in a namespace of its own, as printed. */
export async function applySeeds(world: World): Promise<void> {
  world.printer.heading('Manifests as introductions to Kubernetes print them, each in a namespace of its own');
  for (const name of Object.keys(seeds)) if (!told.has(name)) await apply(world, name);
}

/** Applies every seed manifest, tells the stories among them, and checks that what is not ours was left alone. */
export async function tellSeeds(world: World): Promise<void> {
  await applySeeds(world);
  await sameNodePort(world);
  await impossibleAddress(world, 'Y07', 'my-service', world.range.internal, internalHost);
  await impossibleAddress(world, 'Y26', 'loadbalancer-svc', world.range.public, publicHost);
  await createdAnew(world);
  await thereAndBack(world);
  await leftAlone(world);
}

/** `prod` is part of what Y08 shows; every other seed has a namespace named after itself. */
const namespaceOf = (name: string): string => (name === 'Y08' ? 'prod' : name.toLowerCase());

async function apply({ user, printer }: World, name: string, namespace = namespaceOf(name)): Promise<ObjectRef> {
  const manifest = seed(name);
  const whole = manifest['apiVersion'] === undefined ? { apiVersion: 'apps/v1', ...manifest } : manifest;
  const ref = await user.create(whole, namespace);
  const note = whole === manifest ? '' : ' (it names no apiVersion: taken as apps/v1)';
  printer.act(`apply ${name}: ${ref.kind} ${namespace}/${ref.name}${typeOf(manifest)}${note}`);
  return ref;
}

function typeOf(manifest: JsonObject): string {
  const spec = manifest['spec'] as JsonObject | undefined; // an object in every seed that has one
  return manifest['kind'] === 'Service' ? `, type ${typeof spec?.['type'] === 'string' ? spec['type'] : 'ClusterIP'}` : '';
}

/** Y06 and Y25 ask for the same node port: the first must be gone before the second can be. */
async function sameNodePort(world: World): Promise<void> {
  const { user, printer, checklist, range, nodes } = world;
  const first = await apply(world, 'Y06');
  const targets = range.nodes.map(({ name, address }): Target & { node: string } => {
    return { to: 'y06/httpd-svc', node: name, address, port: 30_000, protocol: 'TCP' };
  });
  for (const { node, ...target } of targets) {
    await checklist.expect(`${target.to} ${node}:30000 is answered by the node itself`, () =>
      notAnsweredBy(world, target, new Set([node].filter((name) => nodes.has(name))), 30_000),
    );
  }
  printer.act('delete y06/httpd-svc');
  await user.remove(first);
  for (const { node: _, ...target } of targets) await expectSilence(world, target);
  await apply(world, 'Y25');
}

/** Y07 and Y26 ask for an address nobody here has: said so, with the remedy; then edited to one that can be had. */
async function impossibleAddress(world: World, seedName: string, name: string, network: Cidr, host: number): Promise<void> {
  const { user, printer, checklist, services, range } = world;
  const namespace = namespaceOf(seedName);
  await expectRefused(world, namespace, name, 'spec.loadBalancerIP');
  const address = range.api.replace(/\d+$/, String(host));
  printer.act(`edit ${namespace}/${name}: spec.loadBalancerIP: ${address}`);
  await user.edit(service(namespace, name), { spec: { loadBalancerIP: address } });
  await checklist.expect(`${namespace}/${name} gets the address it asks for`, () => {
    const has = addressOf(services.get(namespace, name));
    return has === address ? undefined : `it has ${has ?? 'none'}`;
  });
  await expectServed(world, namespace, name, network);
}

/** Y15 → Y16: the same name under another type is another Service. */
async function createdAnew(world: World): Promise<void> {
  const { user, printer, checklist, services } = world;
  const ref = await apply(world, 'Y15');
  await checklist.expect('y15/service-test has a node port', () => (services.get('y15', 'service-test') ? undefined : 'it is not there'));
  const before = services.get('y15', 'service-test')?.uid;
  printer.act('delete y15/service-test');
  await user.remove(ref);
  await apply(world, 'Y16', 'y15');
  await checklist.expect('y15/service-test is another one than before', () => {
    const now = services.get('y15', 'service-test')?.uid;
    return now === undefined || now === before ? 'it is not there yet' : undefined;
  });
  await expectServed(world, 'y15', 'service-test', world.range.public);
}

/** Y31 → Y33 → type LoadBalancer → back: one Service, edited. On the way back it gives everything back. */
async function thereAndBack(world: World): Promise<void> {
  const { user, printer, checklist, services, range } = world;
  const ref = await apply(world, 'Y31');
  printer.act('edit y31/my-nginx to Y33: type NodePort, ports 8080 and 443');
  await user.edit(ref, seed('Y33'));
  printer.act('edit y31/my-nginx: type LoadBalancer');
  await user.edit(ref, { spec: { type: 'LoadBalancer' } });
  await expectServed(world, 'y31', 'my-nginx', range.public);
  const served = services.get('y31', 'my-nginx');
  const address = addressOf(served);
  printer.act('edit y31/my-nginx back to Y33: type NodePort');
  await user.edit(ref, { spec: { type: 'NodePort' } });
  await checklist.expect('y31/my-nginx has neither address nor finalizer any more', () => {
    const now = services.get('y31', 'my-nginx');
    if (now?.type !== 'NodePort' || now.ingress.length > 0) return `it has ${addressOf(now) ?? 'its old type'}`;
    return now.finalizers.length === 0 ? undefined : `it has ${now.finalizers.join(', ')}`;
  });
  if (address !== undefined) await expectSilence(world, { to: 'y31/my-nginx', address, port: 8080, protocol: 'TCP' });
}

/** Services of other types are nobody's business here: no address, no finalizer, no condition, no event. */
async function leftAlone(world: World): Promise<void> {
  const { checklist, services, user } = world;
  await checklist.expect('Services that are not of type LoadBalancer were left alone', async () => {
    for (const { key, namespace, type, ingress, finalizers, conditions } of services.all()) {
      if (type === 'LoadBalancer' || namespace === 'y31') continue; // y31 was one for a while
      if (ingress.length + finalizers.length + conditions.length > 0) return `${key} was written to`;
      const [reason] = await user.events(namespace);
      if (reason !== undefined && namespace !== 'y15') return `${key} got an event ${reason}`; // y15 is one by now
    }
    return undefined;
  });
}
