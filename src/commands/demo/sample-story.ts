import { conditionTypes } from '../../model/condition.ts';
import { contains, parseIp } from '../../net/ip.ts';
import { service } from './cluster-user.ts';
import { conditionOf } from './narrate.ts';
import { samples, sampleNamespace } from './samples.ts';
import { addressOf, expectServed, expectSilence, targetOf } from './service-checks.ts';
import { notAnsweredBy } from './who-answers.ts';
import type { World } from './world.ts';

/** Applies the demo's own Services. */
export async function applySamples({ printer, user }: World): Promise<void> {
  printer.heading(`Services of our own, in the namespace ${sampleNamespace}`);
  for (const { shows, manifest } of samples) {
    const { name } = await user.create(manifest);
    printer.act(`apply ${sampleNamespace}/${name}: ${shows}`);
  }
}

/** Applies the demo's own Services, sees them served, and tells what a change of the scheme takes. */
export async function tellSamples(world: World): Promise<void> {
  await applySamples(world);
  for (const { manifest } of samples) {
    const name = nameOf(manifest);
    await expectServed(world, sampleNamespace, name, name.startsWith('internal-') ? world.range.internal : world.range.public);
  }
  await changeScheme(world);
}

/** A change that costs the address is held until its owner allows it, and then the new address comes before the old one goes. */
async function changeScheme(world: World): Promise<void> {
  const { printer, user, checklist, services, range } = world;
  const name = 'moving';
  const ref = service(sampleNamespace, name);
  const old = services.get(sampleNamespace, name);
  const [port] = old?.ports ?? [];
  if (old === undefined || port === undefined || addressOf(old) === undefined) return; // its absence was said already
  const oldTarget = targetOf(old, port);

  printer.act(`edit ${sampleNamespace}/${name}: portolan.dev/scheme: internal`);
  await user.edit(ref, { metadata: { annotations: { 'portolan.dev/scheme': 'internal' } } });
  const held = await checklist.expect(
    `${old.key} keeps ${oldTarget.address} and says what the change would lose, and the code that allows it`,
    () => {
      const now = services.get(sampleNamespace, name);
      const programmed = conditionOf(now, conditionTypes.programmed);
      if (addressOf(now) !== oldTarget.address) return `it has ${addressOf(now) ?? 'no address'}`;
      if (programmed?.reason !== 'ApprovalRequired') return `Programmed is ${programmed?.status ?? 'absent'} (${programmed?.reason ?? ''})`;
      return codeIn(programmed.message) === undefined ? `no code in: ${programmed.message}` : undefined;
    },
  );
  if (!held) return;
  await checklist.expect(`${old.key} is served as before`, () => notAnsweredBy(world, oldTarget, world.nodes, port.nodePort));

  const code = codeIn(conditionOf(services.get(sampleNamespace, name), conditionTypes.programmed)?.message ?? '') ?? '';
  printer.act(`annotate ${sampleNamespace}/${name}: portolan.dev/approve: "${code}"`);
  await user.edit(ref, { metadata: { annotations: { 'portolan.dev/approve': code } } });
  const moved = await checklist.expect(`${old.key} has an internal address`, () => {
    const address = parseIp(addressOf(services.get(sampleNamespace, name)) ?? '');
    return address !== undefined && contains(range.internal, address) ? undefined : `it has ${address ?? 'no address'}`;
  });
  const now = services.get(sampleNamespace, name);
  if (!moved || now === undefined) return;
  await checklist.expect(`${old.key} is served on it`, () => notAnsweredBy(world, targetOf(now, port), world.nodes, port.nodePort));
  await expectSilence(world, oldTarget);
  await expectServed(world, sampleNamespace, name, range.internal);
}

const nameOf = (manifest: (typeof samples)[number]['manifest']): string => (manifest['metadata'] as { name: string }).name; // written in this program

/** As a person would read it off the condition. */
const codeIn = (message: string): string | undefined => /portolan\.dev\/approve: "([^"]+)"/.exec(message)?.[1];
