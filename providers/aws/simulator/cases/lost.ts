import type { ActionStep, CheckStep, ConformanceCase } from '../../../../src/conformance/case.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import type { Reason } from '../../../../src/reasons.ts';
import { cloud, create, happen, remember, served, settled, triedAgain } from './telling.ts';

/** Made, its name published, and then Amazon gives up. */
const lost = (annotations: Readonly<Record<string, string>> = {}, spec?: JsonObject): readonly ActionStep[] => [
  create('web', annotations, spec),
  { do: 'rest', ms: 5_000 },
  happen('provisioning-failed', 'web'),
  remember('lost'),
  triedAgain,
];
const told = (type: 'Programmed' | 'Accepted', reason: Reason, mentions: readonly string[]): CheckStep => ({
  rows: ['idea-4', 'pain-38'],
  check: 'condition',
  service: 'web',
  type,
  status: 'False',
  reason,
  mentions,
});

/** Only somebody at Amazon can make room: what it holds, a successor cannot have beside it. */
const leftToUser = (
  id: string,
  title: string,
  { annotations, spec, reason }: { annotations?: Readonly<Record<string, string>>; spec?: JsonObject; reason: Reason },
): ConformanceCase => ({
  id: `aws-lost/${id}`,
  title,
  steps: [
    ...lost(annotations, spec),
    told('Accepted', reason, ['which Amazon could not make', 'at Amazon']),
    { do: 'tamper', what: 'load-balancer-removed', service: 'web' },
    triedAgain,
    triedAgain,
    served(['idea-4', 'pain-38']),
    cloud(['pain-1'], 'web', '/count', 1),
    settled(['idea-4']),
  ],
});

/** Load balancers that Amazon could not make: they never serve, and would stand for ever. */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'aws-lost/replaced',
    title: 'A load balancer that Amazon could not make is replaced once that is approved: status has named it',
    steps: [
      ...lost(),
      told('Programmed', 'ApprovalRequired', ['which Amazon could not make']),
      { rows: ['idea-6'], check: 'ingress', service: 'web', same: 'lost' },
      cloud(['idea-6'], 'web', '/count', 1),
      { do: 'approve', service: 'web', code: 'shown' },
      triedAgain,
      served(['idea-4', 'pain-38']),
      cloud(['pain-1'], 'web', '/count', 1),
      cloud(['idea-4'], 'web', '/loadBalancer/state', 'active'),
      settled(['idea-4']),
    ],
  },
  {
    id: 'aws-lost/alone',
    title: 'A load balancer that Amazon could not make hurts no other Service',
    steps: [create('shop'), ...lost(), served(['idea-8'], 'shop'), settled(['idea-8'], 'shop')],
  },
  leftToUser('named', 'One that has the name that was asked for says what to do, and that helps', {
    annotations: { name: 'front-door' },
    reason: 'ConflictingSettings',
  }),
  leftToUser('with-address', 'One that holds the Elastic IP that was asked for says what to do, and that helps', {
    spec: { loadBalancerIP: '198.51.100.1' },
    reason: 'AddressInUse',
  }),
];
