import { defaultGuard, ManualClock, noCheckpoint, noMetrics, runPass, silentLog } from 'portolan/conformance';
import {
  clusterId,
  providerName,
  serviceKey,
  serviceLoadBalancer,
  serviceUid,
  type Digest,
  type LoadBalancerSpec,
} from 'portolan/provider';
import { provider } from './shelf.ts';

const clock = new ManualClock();
const uid = serviceUid('6a3c');
const none = 'none' as Digest; // nothing here compares digests
const spec: LoadBalancerSpec<unknown> = {
  owner: { clusterId: clusterId('here'), key: serviceLoadBalancer(uid), services: [{ uid, name: serviceKey('default', 'web') }] },
  scheme: 'public',
  addresses: [{ family: 'IPv4', required: true }],
  listeners: [],
  members: [],
  sourceRanges: [],
  affinity: { kind: 'none' },
  published: [],
  explicit: [],
  origin: {},
  frozen: [],
  settings: {},
  inputDigest: none,
  specDigest: none,
  membersDigest: none,
};

for (const full of [false, true]) {
  const call = { signal: AbortSignal.timeout(10_000), beforeCall: () => Promise.resolve(), log: silentLog };
  const documents = {} as Parameters<typeof provider.create>[1]['documents']; // this provider keeps none
  const budget = { take: () => Promise.resolve() };
  const host = {
    clock,
    log: silentLog,
    metrics: noMetrics,
    clusterId: spec.owner.clusterId,
    name: providerName('shelf'),
    budget,
    documents,
  };
  const instance = provider.create({ full }, { ...host, checkpoint: noCheckpoint });
  const rules = { policy: defaultGuard, approvals: new Set<string>(), byClass: false };
  const input = { want: spec, provider: instance, settleMs: provider.settleMs, maxAgeMs: 0, rules, planOnly: false };
  const { outcome, error } = await runPass(
    input,
    { begin: () => Promise.resolve(), stillPublished: () => 0 },
    { clock, call, checkpoint: noCheckpoint },
  );
  console.log(error?.code ?? outcome);
}
