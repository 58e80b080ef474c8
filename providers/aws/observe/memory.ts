import type { Clock } from '../../../src/clock.ts';
import type { ClusterId } from '../../../src/model/ids.ts';
import type { Ec2Reads } from '../api/ec2.ts';
import type { Arn, Attributes, ElbListener, ElbReads, ElbTarget, ElbTargetHealth } from '../api/elb.ts';
import { Details } from './details.ts';
import { Inventory } from './inventory.ts';
import type { Unread } from './have.ts';
import { RefusedTargets } from './refused-targets.ts';
import { TakingApart } from './taking-apart.ts';

export interface MemoryParts {
  readonly elb: ElbReads;
  readonly ec2: Pick<Ec2Reads, 'securityGroups'>;
  readonly clock: Clock;
  readonly clusterId: ClusterId;
  readonly vpcId: () => string | undefined;
  readonly settleMs: number;
  readonly signal: AbortSignal;
}

/** What this process knows of its load balancers: read in `reader.ts`, written by every change it makes (`remember.ts`). */
export interface Memory {
  readonly inventory: Inventory;
  /** Of load balancers. */
  readonly listeners: Details<ElbListener>;
  readonly loadBalancerAttributes: Details<Attribute>;
  /** Of target groups, by `keyOfTarget`. */
  readonly targets: Details<ElbTargetHealth>;
  readonly targetGroupAttributes: Details<Attribute>;
  readonly refused: RefusedTargets;
  readonly apart: TakingApart;
  /** Of listeners. */
  readonly certificates: Details<{ readonly arn: Arn }>;
  readonly listenerAttributes: Details<Attribute>;
}

export interface Attribute {
  readonly key: string;
  readonly value: string;
}

export function emptyMemory(parts: MemoryParts): Memory {
  const { elb, clock, settleMs } = parts;
  const attributes = (read: (arn: Arn, options: { signal: AbortSignal }) => Promise<Attributes>) =>
    new Details<Attribute>({
      clock,
      settleMs,
      own: ['value'],
      read: async (arn, signal) => attributeMap(await read(arn, { signal })),
    });
  return {
    inventory: new Inventory(parts),
    apart: new TakingApart(clock),
    refused: new RefusedTargets(clock),
    listeners: new Details({
      clock,
      settleMs,
      own: ['port', 'protocol', 'targetGroups', 'certificate', 'sslPolicy', 'alpnPolicy'],
      read: async (arn, signal) => new Map((await elb.listeners(arn, { signal })).map((listener) => [listener.arn, listener])),
    }),
    targets: new Details({
      clock,
      settleMs,
      own: ['state'],
      read: async (arn, signal) => new Map((await elb.targetHealth(arn, { signal })).map((target) => [keyOfTarget(target), target])),
    }),
    certificates: new Details({
      clock,
      settleMs,
      own: [],
      read: async (listener, signal) =>
        new Map((await elb.extraCertificates(listener, { signal })).map((arn): [Arn, { arn: Arn }] => [arn, { arn }])),
    }),
    loadBalancerAttributes: attributes((arn, options) => elb.loadBalancerAttributes(arn, options)),
    targetGroupAttributes: attributes((arn, options) => elb.targetGroupAttributes(arn, options)),
    listenerAttributes: attributes((arn, options) => elb.listenerAttributes(arn, options)),
  };
}

export const keyOfTarget = ({ instanceId, port }: ElbTarget): string => `${instanceId}:${port}`;

export const attributeMap = (attributes: Attributes): ReadonlyMap<string, Attribute> =>
  new Map(Object.entries(attributes).map(([key, value]): [string, Attribute] => [key, { key, value }]));

export const attributesOf = (known: readonly Attribute[] | Unread): Attributes | Unread =>
  known === 'unread' ? known : Object.fromEntries(known.map(({ key, value }) => [key, value]));
