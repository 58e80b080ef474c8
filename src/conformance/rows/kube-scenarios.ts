import type { ContractRow } from './row.ts';
import { notCovered, noted, rowsOf, shownBy } from './section.ts';

const nodePorts = notCovered(
  "the API server's part, without any provider call; the embedded one is held to it in `src/embedded/services/allocate.test.ts`",
);

/** Contract §2: what Kubernetes' own end-to-end and integration tests ask. Only the numbers that concern load balancers. */
export const kubeScenarioRows: readonly ContractRow[] = rowsOf('2', [
  ['S1', 'Type and ports of a TCP Service change; node port and address stay through the edits'],
  ['S2', 'Type and ports of a UDP Service change; node port and address stay through the edits'],
  ['S3', 'Only the source ranges get in; cleared, everybody does again'],
  [
    'S4',
    'A client sticks to its endpoint under Local',
    noted("that it is asked for or refused; what sticks: Kubernetes' own test (`docs/reference/e2e.md`)"),
  ],
  [
    'S5',
    'A client sticks to its endpoint under Cluster',
    noted("that it is asked for or refused; what sticks: Kubernetes' own test (`docs/reference/e2e.md`)"),
  ],
  ['S6', 'Affinity is switched on and off under Local, without a new load balancer'],
  ['S7', 'Affinity is switched on and off under Cluster, without a new load balancer'],
  [
    'S8',
    'The finalizer comes with the type, goes with it, and lets the Service go',
    noted("class mode: our finalizer; the shared one by name: `ccm`, by Kubernetes' own test (`docs/reference/e2e.md`)"),
  ],
  ['S9', 'A load balancer without node ports, which are then allocated'],
  [
    'S14',
    'Local shows the client its own address, and leaves no health check node port behind',
    shownBy('test/real/kube/data-path.real.ts', "and by Kubernetes' own test (`docs/reference/e2e.md`)"),
  ],
  ['S15', 'Local reaches only Nodes with endpoints, without a gap'],
  [
    'S19',
    'Node port and health check node port follow the traffic policy',
    shownBy('test/real/kube/data-path.real.ts', "and by Kubernetes' own test (`docs/reference/e2e.md`)"),
  ],
  ['S25', "The status of Kubernetes' conformance test stays as others write it"],
  ['S27', 'No node ports at creation', nodePorts],
  ['S28', 'No node ports when a cluster IP becomes a load balancer', nodePorts],
  ['S29', 'Node ports stay when allocation is switched off', nodePorts],
  ['S30', 'A node port set to zero is given back', nodePorts],
  ['S31', 'One of two ports gives its node port back', nodePorts],
  ['S32', 'The same by patch', nodePorts],
  ['S33', 'Allocation switched on gives node ports', nodePorts],
  ['S34', 'A class of somebody else: no provider call'],
  [
    'S35',
    'A class that is changed or added later is refused',
    notCovered("the API server's part; the embedded one is held to it in `src/embedded/services/validate.test.ts`"),
  ],
  ['S36', 'TCP and UDP on port 53 reach the provider'],
  ['S37', 'An address without a mode is stored as VIP'],
]);
