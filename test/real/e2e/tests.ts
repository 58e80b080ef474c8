export type Mode = 'class' | 'ccm';

/** One of Kubernetes' own tests, and what is expected of it with the provider `local`. */
export interface ListedTest {
  /** What Kubernetes calls it, without the tags in brackets. */
  readonly name: string;
  /** Which of two processes runs it, so that both take about as long. */
  readonly process: 1 | 2;
  /** Takes a quarter of an hour, or three nodes, or has little to do with a controller: `e2e-long` only. */
  readonly long?: true;
  /** It skips itself and says this. */
  readonly skipsItself?: string;
  /** It is not run, for this reason. */
  readonly leftOut?: Readonly<Partial<Record<Mode, string>>>;
}

const finalizerByName =
  "It asks for upstream's finalizer `service.kubernetes.io/load-balancer-cleanup` by name, for fifteen minutes. A class has a finalizer of its own; only `ccm` has that one.";
const nodePortsNeeded =
  '`local` forwards to node ports, and the test asks for a load balancer without any. The Service is refused with `NodePortMissing` and gets its address once node ports are allocated: `npm run test:real -- kube` shows both.';
const proxyMode = "LoadBalancer uses 'Proxy' IPMode";

/** Every `[sig-network] LoadBalancers` test there is, and those of `[sig-network] Services` that make a load balancer. */
export const listedTests: readonly ListedTest[] = [
  { name: 'LoadBalancers should be able to change the type and ports of a TCP service', process: 2 },
  { name: 'LoadBalancers should be able to change the type and ports of a UDP service', process: 1 },
  {
    name: 'LoadBalancers should be able to create LoadBalancer Service without NodePort and change it',
    process: 1,
    leftOut: { class: nodePortsNeeded, ccm: nodePortsNeeded },
  },
  { name: 'LoadBalancers should only allow access from service loadbalancer source ranges', process: 2 },
  { name: 'LoadBalancers should have session affinity work for LoadBalancer service with Local traffic policy', process: 1 },
  { name: 'LoadBalancers should have session affinity work for LoadBalancer service with Cluster traffic policy', process: 1 },
  { name: 'LoadBalancers should be able to switch session affinity for LoadBalancer service with Local traffic policy', process: 1 },
  { name: 'LoadBalancers should be able to switch session affinity for LoadBalancer service with Cluster traffic policy', process: 1 },
  { name: 'LoadBalancers should handle load balancer cleanup finalizer for service', process: 1, leftOut: { class: finalizerByName } },
  {
    name: 'LoadBalancers should be able to preserve UDP traffic when server pod cycles for a LoadBalancer service on different nodes',
    process: 1,
  },
  {
    name: 'LoadBalancers should be able to preserve UDP traffic when server pod cycles for a LoadBalancer service on the same nodes',
    process: 1,
  },
  {
    name: 'LoadBalancers should not have connectivity disruption during rolling update with externalTrafficPolicy=Cluster',
    process: 1,
    long: true,
  },
  {
    name: 'LoadBalancers should not have connectivity disruption during rolling update with externalTrafficPolicy=Local',
    process: 2,
    long: true,
  },
  { name: 'LoadBalancers ExternalTrafficPolicy: Local should work for type=LoadBalancer', process: 2, skipsItself: proxyMode },
  { name: 'LoadBalancers ExternalTrafficPolicy: Local should work from pods', process: 2, skipsItself: proxyMode },
  { name: 'LoadBalancers ExternalTrafficPolicy: Local should only target nodes with endpoints', process: 2 },
  { name: 'LoadBalancers ExternalTrafficPolicy: Local should target all nodes with endpoints', process: 2 },
  {
    name: 'Services should serve endpoints on same port and different protocol for internal traffic on Type LoadBalancer',
    process: 2,
  },
  { name: 'Services should complete a service status lifecycle', process: 2, long: true },
  { name: 'Services should fail health check node port if there are only terminating endpoints', process: 1, long: true },
  {
    name: 'Services should implement NodePort and HealthCheckNodePort correctly when ExternalTrafficPolicy changes',
    process: 2,
    long: true,
  },
];

export type Suite = 'e2e' | 'e2e-long';

/** What a suite runs in a mode: the long ones are told apart where the other suite has run the rest. */
export function selected(suite: Suite, mode: Mode): readonly ListedTest[] {
  return listedTests.filter(
    ({ long, leftOut }) => leftOut?.[mode] === undefined && (mode === 'ccm' || (long === true) === (suite === 'e2e-long')),
  );
}

/** A pattern for `--ginkgo.focus` that fits these and no others. A name ends with its tags, or ends. */
export function focusOn(tests: readonly ListedTest[]): string {
  const patterns = tests.map(({ name }) => {
    const [group = '', ...rest] = name.split(' should ');
    return `\\[sig-network\\] ${escaped(group)} .*should ${escaped(rest.join(' should '))}( \\[|$)`;
  });
  return patterns.join('|');
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
