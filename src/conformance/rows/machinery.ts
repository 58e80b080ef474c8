import type { ContractRow } from './row.ts';
import { notApplicable, noted, rowsOf, shownBy } from './section.ts';

/** Contract 1K to 1M: Nodes, queue and restart, the process around it. */
export const machineryRows: readonly ContractRow[] = [
  ...rowsOf('1K', [
    ['K1', 'Members are the Nodes that are neither deleted, nor excluded, nor about to be removed by the autoscaler'],
    ['K2', 'The exclude label: absent or false keeps a Node in, true or unreadable leaves it out'],
    ['K3', 'Not ready, cordoned, tainted or control plane: still a member'],
    ['K4', 'A Node that comes or goes reaches every load balancer'],
    [
      'K5',
      'Of a changed Node only eligibility and identity matter',
      noted(
        'deviation: its address and zone do too, because members are made of them, and so does a removal mark that is taken off again (`docs/decisions/0012-node-addresses-begin-an-epoch.md`)',
      ),
    ],
    ['K6', 'A Node marked for removal drops out with the next change, not before'],
    ['K7', 'One node change is carried to all load balancers before the next begins'],
    ['K8', 'A load balancer whose members are as they should be gets no call'],
    [
      'K9',
      'What node set a load balancer has is remembered, also where giving it failed',
      noted('deviation: one mark on the Lease for all, and a record per Service; nothing is left of what was deleted'),
    ],
    ['K10', 'Updated members are an event; an empty set is a warning'],
    ['K11', 'A provider that says somebody else updates members', notApplicable("Portolan's provider contract has no such answer")],
    [
      'K12',
      'Members that cannot be updated are tried again, and nothing is made where nothing is',
      noted('deviation: class mode says `SyncLoadBalancerFailed`; `ccm` says `UpdateLoadBalancerFailed` (`test/scenarios/ccm.test.ts`)'),
    ],
    [
      'K13',
      'Nodes that cannot be listed change no member',
      noted(
        'deviation: Nodes are watched, and no epoch begins without a complete list; there is no list to fail and no Service to try again',
      ),
    ],
    ['K14', 'A Service that is ensured during a node change never loses a new Node to an older view'],
    ['K15', 'A machine that is gone from the cloud does not fail the others'],
    ['K16', 'A Node without provider id is resolved another way or left out, until it has one'],
    ['K17', 'A member update makes no load balancer'],
    [
      'K18',
      'NotReady and shut down Nodes',
      notApplicable('deleting them is the work of the node lifecycle controller; until then they are members (K3)'),
    ],
  ]),
  ...rowsOf('1L', [
    ['L1', 'A load balancer is never worked on twice at a time, and what is asked for meanwhile is not lost'],
    ['L2', 'Failures are tried again after 5 s, doubling to 300 s; success forgets'],
    ['L3', 'A time that the provider names is kept exactly'],
    [
      'L4',
      'The node queue forgets',
      notApplicable('there is no queue of Nodes: they are gathered into one set, and load balancers are what is queued'),
    ],
    ['L5', 'A conflict on a patch is an ordinary failure'],
    ['L6', 'What was seen last of a Service is kept until its cleanup is done'],
    [
      'L7',
      'A node change may work with a Service one revision old',
      notApplicable('a pass reads the newest Service the watch has told; only the members are those of the node change'),
    ],
    ['L8', 'Nothing is decided before Services and Nodes are complete; a new load balancer has its members at once'],
    [
      'L9',
      'After a restart every Service is right, and status is written only where it differs',
      noted('deviation: where nothing changed a restart is a few reads, and no event'),
    ],
    ['L10', 'A provider that cannot start takes down its own classes only'],
    [
      'L11',
      'The end of the process ends what is under way',
      noted('deviation: patches and member updates end with it too; the next start finishes what they left'),
    ],
  ]),
  ...rowsOf('1M', [
    ['M1', 'Names of the controllers', shownBy('src/commands/ccm/read-flags.test.ts')],
    ['M2', 'Which controllers run is a flag', shownBy('src/commands/ccm/read-flags.test.ts')],
    [
      'M3',
      'The flags of a cloud-controller-manager',
      shownBy('src/commands/ccm/read-flags.test.ts', "each is held to upstream's own help"),
    ],
    [
      'M4',
      'One leader by a Lease; who loses it ends',
      shownBy('test/long/fence.long.ts', "and `src/kube/lease-pair.test.ts`; upstream's own Lease: `test/real/kube/hand-over.real.ts`"),
    ],
    [
      'M5',
      'Health, readiness and metrics are served',
      shownBy(
        'test/real/kube/serving.real.ts',
        "`ccm` with upstream's secure port, class mode by `serving:`; deviation: class mode counts every pass that did something in upstream's sync metric, upstream node updates only",
      ),
    ],
    [
      'M6',
      'Order of a start',
      shownBy('test/scenarios/restart.test.ts', 'and, beside upstream on a real API server, `test/real/kube/hand-over.real.ts`'),
    ],
    [
      'M7',
      'A second lock for controllers that move',
      notApplicable('no controller of Portolan moves from one manager to another; `ccm` takes the flags with a warning'),
    ],
    [
      'M8',
      'The rights of the controller are the least it needs',
      shownBy('test/real/kube/deploy.real.ts', 'each right is taken away in turn, and is missed'),
    ],
    ['M9', 'The rights of the process are the least it needs', shownBy('test/real/kube/deploy.real.ts')],
    ['M10', 'Source of events and name of the client', shownBy('test/scenarios/ccm.test.ts')],
  ]),
];
