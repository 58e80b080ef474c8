import type { Clock } from '../../../src/clock.ts';
import { proves, type Owner } from '../../../src/model/owner.ts';
import { isClusterWant, isFrozen, isGone, isSpec, type LoadBalancerSpec, type Want } from '../../../src/model/spec.ts';
import type { Arn, ElbLoadBalancer, ElbTargetGroup } from '../api/elb.ts';
import { addressesAsked } from '../desired/addresses.ts';
import { givesProtectionUp } from '../desired/protection.ts';
import { groupsAsked } from '../desired/security-groups.ts';
import { instancesOf } from '../members.ts';
import { nameBeginning } from '../names.ts';
import type { Settings } from '../settings/settings.ts';
import type { Have, HaveListener, HaveLoadBalancer, HaveTargetGroup, Surroundings } from './have.ts';
import type { Instances } from './instances.ts';
import { attributesOf, type Memory } from './memory.ts';
import type { Network } from './network.ts';
import type { NodeGroups } from './node-groups.ts';

/** Amazon's own lists lag by more than this: one that is no older is as good as a new one, and all that ask at once share it. */
const liveListMs = 1_000;
/** Once only a security group is left, a look that is no older than this has shown that; less than doubt lasts. */
const nearlyGoneMs = 25_000;
/** No traffic hangs on attributes alone: a look for what others have changed reads them seldom. */
const attributesAgeMs = 3_600_000;

/** One that Amazon could not make is left alone for this long: each is paid for by the hour, and what stood in its way may last. */
const lostForMs = 600_000;

export interface ReaderParts {
  readonly clock: Clock;
  readonly memory: Memory;
  readonly network: Network;
  readonly instances: Instances;
  readonly nodeGroups: NodeGroups;
}

/** Puts together what a plan needs, from memory as far as that is young enough. */
export class Reader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** @throws LbError of the reads */
  async observe(want: Want<Settings>, maxAgeMs: number, signal: AbortSignal): Promise<Have> {
    if (isClusterWant(want)) {
      const have = await this.#parts.nodeGroups.observe(want, maxAgeMs, signal);
      return { ...have, ...this.#apart(want.owner) };
    }
    const { memory, network } = this.#parts;
    if (isSpec(want)) await network.vpcOf(want.members);
    await memory.inventory.balancing(Math.max(maxAgeMs, isGone(want) && this.#isNearlyGone(want.owner) ? nearlyGoneMs : liveListMs));
    // What is about to lose something is asked again whose it is.
    if (isGone(want) ? maxAgeMs === 0 : this.#hasSuccessor(want, maxAgeMs)) await this.#proveAgain(want.owner);
    const { loadBalancers, targetGroups } = this.#ownedBy(want.owner);
    const hasThings = loadBalancers.length + targetGroups.length > 0;
    // Making a group tells whether it is there, and nothing goes that is not known of.
    const mayBeOld = isGone(want) ? this.#hasGroup(want.owner) : !hasThings;
    // A load balancer names a group that no list has shown: the Service's own, or one that the list lacked.
    if (isGone(want) && loadBalancers.some((one) => this.#hasUnknownGroup(one))) memory.inventory.forgetGroups();
    await memory.inventory.groups(mayBeOld ? Number.POSITIVE_INFINITY : Math.max(maxAgeMs, liveListMs));

    const unusable = isGone(want) ? [] : await this.#unusable(want, signal);
    const usable = isGone(want) ? [] : instancesOf(want.members, unusable).ids;
    const details = async <T, D>(things: readonly T[], of: (thing: T) => Promise<D>): Promise<readonly D[]> =>
      await Promise.all(things.map(of));
    const have: Have = {
      loadBalancers: await details(loadBalancers, (one) => this.#loadBalancer(one, want, maxAgeMs, signal)),
      targetGroups: await details(targetGroups, (one) => this.#targetGroup(one, want, usable, maxAgeMs, signal)),
      securityGroups: memory.inventory.securityGroups.values().filter(({ tags }) => proves(tags, want.owner)),
      inTheWay: isSpec(want) ? this.#inTheWay(want) : [],
      ...this.#apart(want.owner),
    };
    const odd = memory.refused.odd();
    if (isSpec(want)) return { ...have, odd, surroundings: await this.#surroundings(want, unusable, maxAgeMs) };
    if (isFrozen(want)) return { ...have, odd, unusable };
    this.#parts.instances.forget(want.owner.key);
    return have;
  }

  /** By the marks on them; load balancers oldest first. */
  #ownedBy(owner: Owner): { readonly loadBalancers: readonly ElbLoadBalancer[]; readonly targetGroups: readonly ElbTargetGroup[] } {
    const { inventory } = this.#parts.memory;
    const isOwn = ({ arn }: { readonly arn: Arn }) => proves(inventory.tagsOf(arn), owner);
    const loadBalancers = inventory.loadBalancers.values().filter(isOwn);
    return {
      loadBalancers: loadBalancers.toSorted((a, b) => a.createdAt - b.createdAt || (a.arn < b.arn ? -1 : 1)),
      targetGroups: inventory.targetGroups.values().filter(isOwn),
    };
  }

  #apart({ key }: Owner): Pick<Have, 'apartMs'> {
    const apartMs = this.#parts.memory.apart.leftMs(key);
    return apartMs === undefined ? {} : { apartMs };
  }

  #isNearlyGone(owner: Owner): boolean {
    const { loadBalancers, targetGroups } = this.#ownedBy(owner);
    return loadBalancers.length + targetGroups.length === 0 && this.#hasGroup(owner);
  }

  #hasUnknownGroup({ securityGroups }: ElbLoadBalancer): boolean {
    return securityGroups.some((id) => this.#parts.memory.inventory.securityGroups.get(id) === undefined);
  }

  /** One of them is to go, unless only members are asked for. */
  #hasSuccessor(want: Want<Settings>, maxAgeMs: number): boolean {
    return isSpec(want) && maxAgeMs < Number.POSITIVE_INFINITY && this.#ownedBy(want.owner).loadBalancers.length > 1;
  }

  #hasGroup(owner: Owner): boolean {
    return this.#parts.memory.inventory.securityGroups.values().some(({ tags }) => proves(tags, owner));
  }

  async #proveAgain(owner: Owner): Promise<void> {
    const { loadBalancers, targetGroups } = this.#ownedBy(owner);
    const arns = [...loadBalancers, ...targetGroups].map(({ arn }) => arn);
    await this.#parts.memory.inventory.readTagsOfGoing(arns, liveListMs);
  }

  async #loadBalancer(one: ElbLoadBalancer, want: Want<Settings>, maxAgeMs: number, signal: AbortSignal): Promise<HaveLoadBalancer> {
    const { inventory, listeners, loadBalancerAttributes } = this.#parts.memory;
    const tags = inventory.tagsOf(one.arn);
    if (!isSpec(want)) {
      // Amazon says whether it is protected when it is to go; before, that matters only to who would switch it off.
      const isAsked = isGone(want) && givesProtectionUp(want.settings, tags);
      if (isAsked) await loadBalancerAttributes.atMost(one.arn, maxAgeMs, signal);
      const attributes = isAsked ? attributesOf(loadBalancerAttributes.of(one.arn)) : 'unread';
      return { ...one, tags, listeners: 'unread', attributes };
    }
    await listeners.atMost(one.arn, maxAgeMs, signal);
    await loadBalancerAttributes.atMost(one.arn, attributesAge(maxAgeMs), signal);
    const known = listeners.of(one.arn);
    return {
      ...one,
      tags,
      listeners: known === 'unread' ? known : await Promise.all(known.map((listener) => this.#listener(listener, maxAgeMs, signal))),
      attributes: attributesOf(loadBalancerAttributes.of(one.arn)),
      ...this.#rest(one),
    };
  }

  #rest({ state, createdAt }: ElbLoadBalancer): Pick<HaveLoadBalancer, 'restMs'> {
    const restMs = createdAt + lostForMs - this.#parts.clock.now();
    return state === 'failed' && restMs > 0 ? { restMs } : {};
  }

  async #listener(
    listener: Omit<HaveListener, 'extraCertificates' | 'attributes'>,
    maxAgeMs: number,
    signal: AbortSignal,
  ): Promise<HaveListener> {
    const { certificates, listenerAttributes } = this.#parts.memory;
    const { arn, protocol } = listener;
    // Only what ends TLS has certificates, and what ends TLS, or is UDP, has no attributes.
    if (protocol === 'TLS') await certificates.atMost(arn, attributesAge(maxAgeMs), signal);
    else if (protocol !== 'UDP') await listenerAttributes.atMost(arn, attributesAge(maxAgeMs), signal);
    const known = certificates.of(arn);
    return {
      ...listener,
      extraCertificates: known === 'unread' ? known : known.map((certificate) => certificate.arn),
      attributes: attributesOf(listenerAttributes.of(arn)),
    };
  }

  async #targetGroup(
    one: ElbTargetGroup,
    want: Want<Settings>,
    usable: readonly string[],
    maxAgeMs: number,
    signal: AbortSignal,
  ): Promise<HaveTargetGroup> {
    const { inventory, targets, targetGroupAttributes, refused } = this.#parts.memory;
    if (!isGone(want)) {
      await targets.atMost(one.arn, maxAgeMs, signal);
      // Nothing can be said of members without it.
      if (targets.of(one.arn) === 'unread') await targets.read(one.arn, signal);
    }
    if (isSpec(want)) await targetGroupAttributes.atMost(one.arn, attributesAge(maxAgeMs), signal);
    const known = targets.of(one.arn);
    return {
      ...one,
      tags: inventory.tagsOf(one.arn),
      targets: known === 'unread' ? [] : known,
      attributes: attributesOf(targetGroupAttributes.of(one.arn)),
      refused: refused.of(one.arn, usable),
    };
  }

  #inTheWay({ owner, settings }: LoadBalancerSpec<Settings>): Have['inTheWay'] {
    const { inventory } = this.#parts.memory;
    const beginning = nameBeginning(owner);
    return [...inventory.loadBalancers.values(), ...inventory.targetGroups.values()]
      .filter(({ name, arn }) => (name === settings.name || name.startsWith(beginning)) && !proves(inventory.tagsOf(arn), owner))
      .map(({ name, arn }) => ({ name, arn, marks: inventory.tagsOf(arn) }));
  }

  async #surroundings(want: LoadBalancerSpec<Settings>, unusable: readonly string[], maxAgeMs: number): Promise<Surroundings> {
    const { network, nodeGroups } = this.#parts;
    const vpcId = await network.vpcOf(want.members);
    const [asked, groups] = [addressesAsked(want), groupsAsked(want)];
    const backendGroup = nodeGroups.backendGroup()?.id;
    return {
      vpcId,
      ...(await network.around()),
      ...(await network.named({ ...asked, groupIds: groups.ids, groupNames: groups.names }, maxAgeMs)),
      ...(backendGroup === undefined ? {} : { backendGroup }),
      unusable,
    };
  }

  async #unusable(
    { owner, members }: Pick<LoadBalancerSpec<Settings>, 'owner' | 'members'>,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    return await this.#parts.instances.unusable(owner.key, instancesOf(members, []).ids, signal);
  }
}

const attributesAge = (maxAgeMs: number): number => Math.max(maxAgeMs, attributesAgeMs);
