import type { ContractRow } from './row.ts';
import { notApplicable, notCovered, noted, rowsOf, shownBy } from './section.ts';

/** Contract 1F to 1J: status, class, addresses and ranges, traffic policy, families and protocols. */
export const whatIsServedRows: readonly ContractRow[] = [
  ...rowsOf('1F', [
    ['F1', 'Status is written only where it differs'],
    [
      'F2',
      'Addresses are compared in order, with host name, mode and ports',
      noted('deviation: an absent ipMode equals VIP, which is what the API server makes of it'),
    ],
    ['F3', 'An address that is still good stays in status where the provider cannot say'],
    ['F4', 'A failure keeps the address in status'],
    ['F5', 'What is published is an address or a host name that the API server accepts'],
    ['F6', 'ipMode is VIP or Proxy, and stands only beside an address'],
    [
      'F7',
      'Proxy where the data path needs to see every connection, else VIP',
      noted("kube-proxy's part: `test/real/kube/data-path.real.ts`"),
    ],
    ['F8', 'A host name in place of an address'],
    ['F9', 'Status has one entry per port, with the reason where one is not served'],
    [
      'F10',
      'Protocols that cannot be mixed are told by the condition `LoadBalancerPortsError`',
      noted('deviation: beside it stand conditions of our own'),
    ],
    [
      'F11',
      'Conditions that say serving, provisioning or degraded',
      notApplicable('a draft that was never merged; Portolan says the same with its own `Accepted`, `Programmed` and `Degraded`'),
    ],
    ['F12', 'A change of node port or port keeps the address'],
  ]),
  ...rowsOf('1G', [
    ['G1', 'A Service of a foreign class gets no call, finalizer, status, condition or event'],
    ['G2', 'A class is matched exactly; no class is ours only where ours is the default'],
    [
      'G3',
      'The class cannot be changed while the type stays',
      notCovered("the API server's part; the embedded one is held to it in `src/embedded/services/validate.test.ts`"),
    ],
    [
      'G4',
      'A class stands only on type LoadBalancer',
      notCovered("the API server's part; the embedded one is held to it in `src/embedded/services/transition.test.ts`"),
    ],
    [
      'G5',
      'Two controllers in one cluster do not clean up behind each other',
      noted('deviation: each class has a finalizer of its own; the shared one is that of `ccm` (`test/scenarios/ccm.test.ts`)'),
    ],
    ['G6', "The Service of Kubernetes' own status conformance test is left alone"],
  ]),
  ...rowsOf('1H', [
    ['H1', 'An address that is asked for is used, or its absence is visible'],
    ['H2', 'Another address asked for: status follows what is real'],
    ['H3', 'Source ranges: the list of the spec, else the annotation, else open'],
    ['H4', 'One range that cannot be read refuses the Service'],
    [
      'H5',
      'A range of length zero means everybody',
      noted('deviation: `::/0` is read too, and a list closes every family that it does not name'),
    ],
    ['H6', 'Ranges can be set, changed and cleared in place, for every protocol'],
    ['H7', 'Client affinity is applied or visibly refused'],
    [
      'H8',
      'Node ports are asked of each port, not of the flag that allocates them',
      noted('what the API server allocates: `src/embedded/services/allocate.test.ts`'),
    ],
    ['H9', 'A port without a node port is never programmed as port 0'],
    ['H10', 'Internal is an annotation, and may be changed later'],
    [
      'H11',
      "Upstream's default name of a load balancer",
      notApplicable('a name proves nothing here; each provider chooses its own and finds its things by their marks'),
    ],
  ]),
  ...rowsOf('1I', [
    ['I1', 'Local on a LoadBalancer: the check asks the health check node port'],
    ['I2', 'Local on a NodePort Service is nothing to us'],
    ['I3', 'What kube-proxy answers on the health check node port', shownBy('test/real/kube/data-path.real.ts', 'with real kube-proxies')],
    [
      'I4',
      'A Node with terminating endpoints only is drained, not cut off',
      shownBy('test/real/kube/data-path.real.ts', 'with real kube-proxies'),
    ],
    [
      'I5',
      'Under Cluster a Node is asked in a way that fails before it goes',
      shownBy('test/real/kube/data-path.real.ts', 'with real kube-proxies'),
    ],
    ['I6', 'Local to Cluster moves the check and keeps the address'],
    ['I7', 'Cluster to Local moves the check and keeps the address'],
    [
      'I8',
      'The health check node port cannot be edited',
      notCovered("the API server's part; the embedded one is held to it in `src/embedded/services/validate.test.ts`"),
    ],
    ['I9', 'Under Local every eligible Node stays a member; endpoints that move change no member'],
    ['I10', 'A UDP Service under Local is still checked over HTTP'],
    ['I11', 'The internal traffic policy has no effect'],
    ['I12', 'Source addresses under Local with ipMode Proxy', notApplicable('upstream leaves them undefined')],
  ]),
  ...rowsOf('1J', [
    ['J1', 'The second family may be added and removed; the first stands'],
    ['J2', 'A second family adds and removes listener and address of its own'],
    ['J3', 'Families are read from the resolved list, not from the policy', noted('the policy says only whether a family may be missing')],
    ['J4', 'A family that cannot be served is refused, or visibly missing where it is only preferred'],
    ['J5', 'A listener forwards to Node addresses of its own family'],
    ['J6', 'TCP and UDP on one port number are two listeners'],
    [
      'J7',
      'A protocol that cannot be served makes nothing; what is served goes on',
      noted('what is not supported is refused, never served in part'),
    ],
    ['J8', 'SCTP is refused where the provider cannot'],
  ]),
];
