import type { ContractRow } from './row.ts';
import { notApplicable, noted, rowsOf, shownBy } from './section.ts';

/** Contract §4: what controllers commonly break, said as what must hold. */
export const frequentBreakRows: readonly ContractRow[] = rowsOf('4', [
  ['P1', 'A Service of another class, or of none where none is ours, is left alone'],
  ['P2', 'A type change releases, although the API server wiped the fields that told whose it was'],
  ['P3', 'An annotation that changes the kind of load balancer leaves no old one behind'],
  ['P4', 'No finalizer is added to a Service that is being deleted'],
  ['P5', 'Node port 0 is never programmed'],
  ['P6', 'Local asks the health check node port, not the node port'],
  [
    'P7',
    'Under Cluster it is kube-proxy that is asked, not a pod',
    shownBy('test/real/kube/data-path.real.ts', 'with real kube-proxies; the kit sees that a member is asked at its Node'),
  ],
  ['P8', 'The check follows a change of the traffic policy'],
  ['P9', 'A protocol that is not served is never reported as served'],
  ['P10', 'A listener is protocol and port: TCP and UDP 53 do not collide'],
  ['P11', 'Source ranges hold for every protocol, by field and by annotation, or are refused'],
  ['P12', 'Affinity and requested addresses are never ignored silently'],
  ['P13', 'Members beyond a limit of the cloud are a visible failure that is tried again'],
  ['P14', 'A load balancer that cannot be deleted keeps the finalizer'],
  ['P15', 'What is found for serving is found for cleanup too'],
  ['P16', 'Delete and create under one name never meets the old load balancer'],
  ['P17', 'An error of the cloud is reported before anything is concluded from what it did not find'],
  ['P18', 'A missing machine is told from a failed question', notApplicable('Portolan deletes no Nodes; a machine that is missing is K15')],
  ['P19', 'Side effects need leadership', noted('of one process; two of them, whatever happens, are in `src/kube/lease-pair.test.ts`')],
  ['P20', 'A family that is missing is never missing silently, and none is added unasked'],
  ['P21', 'ipMode follows the data path, whoever asked for it'],
  ['P22', 'Members do not flap with readiness or traffic policy'],
  ['P23', 'A Node is not taken away again by an older view'],
  ['P24', 'One missing machine does not fail the whole update'],
  ['P25', 'The exclude label is honoured, and false does not exclude'],
  ['P26', 'No old or foreign address is shown after type changes'],
  ['P27', 'Nothing the controller writes wakes it'],
  ['P28', 'A cleanup needs no event to succeed: namespaces that end forbid them'],
  ['P29', 'A cleanup that cannot end says why on the Service'],
  [
    'P30',
    'A Service that is gone when its status is cleared is no failure',
    noted('deviation: address and finalizer go in one patch, so neither comes first'),
  ],
]);
