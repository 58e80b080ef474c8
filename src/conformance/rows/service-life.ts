import type { ContractRow } from './row.ts';
import { notApplicable, notCovered, noted, rowsOf } from './section.ts';

/** Contract 1A to 1E: whose a Service is, ensuring, deleting, changing its type, and the patches that say so. */
export const serviceLifeRows: readonly ContractRow[] = [
  ...rowsOf('1A', [
    [
      'A1',
      'A Service wants a load balancer by its type and its class, and by nothing else',
      noted('class mode: the class is named, or absent where ours is the default one'),
    ],
    [
      'A2',
      'What carries the cleanup finalizer is cleaned up once it is deleted or of another type',
      noted('deviation: the finalizer names our class, and only that one counts; upstream cleans up behind the finalizer it shares'),
    ],
    [
      'A3',
      'A start looks at every Service that is served or waits for its cleanup',
      noted('deviation: what is unchanged is looked at and not ensured again'),
    ],
    ['A4', 'A changed Service is looked at if the change matters or if it waits for its cleanup'],
    ['A5', 'A deletion is driven by deletion mark and finalizer, not by the disappearance of the object'],
    [
      'A6',
      'Telling the same Service again ensures nothing; a missed cleanup is done',
      noted('deviation: a drift check repairs what was changed in the cloud; upstream never looks'),
    ],
    [
      'A7',
      'A change of class, ports, ranges, affinity, address, traffic policy, families, annotations or UID wakes the controller',
      noted('deviation: external IPs and annotations that nobody here reads wake nobody, because they change nothing that is served'),
    ],
    [
      'A8',
      'A change of labels, selector, internal traffic policy, status or foreign finalizers wakes nobody',
      noted('deviation: a change of the family policy alone wakes, because it says whether a family may be missing'),
    ],
    ['A9', 'Ports in another order are a change'],
    ['A10', 'A Service that wanted no load balancer and still wants none wakes nobody'],
    [
      'A11',
      'A Service that is gone is cleaned up; what is cached is never changed by a pass',
      noted('cached objects are frozen: `src/kube/projection.test.ts`'),
    ],
    ['A12', 'A malformed key is an ordinary failure', notApplicable('keys are made of UIDs by one function; nobody outside can send one')],
  ]),
  ...rowsOf('1B', [
    ['B1', 'Ensured or cleaned up: the Service alone decides which, never both in one pass'],
    [
      'B2',
      'Order of a creation: finalizer, load balancer, event, status',
      noted(
        'deviation: `EnsuringLoadBalancer` follows the patch with the finalizer, and only where there is something to do; `EnsuredLoadBalancer` follows the patch with the address',
      ),
    ],
    ['B3', 'Where the finalizer cannot be written nothing is made'],
    ['B4', 'Where the provider fails, status and finalizer stay'],
    ['B5', 'An answer without content is an error and changes no status'],
    [
      'B6',
      'A provider may say that somebody else serves the Service',
      notApplicable("Portolan's provider contract has no such answer: whose a Service is, class and finalizer say before any call"),
    ],
    ['B7', 'Without one eligible Node there is a warning, and the load balancer is made with no member'],
    ['B8', 'Each failed attempt is one warning that says why, and is tried again'],
    [
      'B9',
      'Deleted and made again under one name: the first load balancer goes',
      noted('deviation: keys are UIDs, so each has its own, and no one waits for the other'),
    ],
    [
      'B10',
      'A Service that is being deleted is never ensured',
      noted('deviation: upstream tries while foreign finalizers remain, and fails'),
    ],
    ['B11', 'Ensuring may be repeated; deleting what is not there is a success'],
  ]),
  ...rowsOf('1C', [
    [
      'C1',
      'Order of a cleanup: look, delete, finalizer and status, event',
      noted('deviation: finalizer, address and our conditions go in one patch'),
    ],
    ['C2', 'Where nobody can see what there is, the finalizer stays'],
    ['C3', 'A load balancer counts as there while any part of it is left'],
    [
      'C4',
      'Where the deletion fails, the finalizer stays and the cause is an event',
      noted("deviation: the provider's own time for the next try holds for deletions too"),
    ],
    ['C5', 'A provider that says somebody else deletes it', notApplicable("Portolan's provider contract has no such answer")],
    ['C6', 'Where the finalizer cannot be taken off, the whole cleanup is repeated'],
    ['C7', 'A Service that is gone before its status is cleared is no failure'],
    ['C8', 'A Service that vanished without its finalizer is cleaned up from memory'],
    ['C9', 'A deleted Service stays visible until its load balancer is gone, and not longer'],
    [
      'C10',
      'A finalizer that a user took off is no reason to leak',
      noted('while the controller runs it is put back; what leaked over a restart `portolan audit` names'),
    ],
  ]),
  ...rowsOf('1D', [
    [
      'D1',
      'A Service that turns to another type loses status, node ports and class in the same write',
      notCovered("the API server's part; the embedded one is held to it in `src/embedded/services/transition.test.ts`"),
    ],
    ['D2', 'The load balancer of a Service that turned to another type is taken away'],
    ['D3', 'Whose such a Service was is told by the finalizer, because its class is gone'],
    ['D4', 'No status is written on a Service of another type'],
    ['D5', 'Turned back to LoadBalancer it is served again, without relying on the old address'],
    ['D6', 'A type change while the controller was down is cleaned up at its start'],
  ]),
  ...rowsOf('1E', [
    ['E1', 'A finalizer that stands as wished is not written'],
    ['E2', 'Finalizers and status are written by strategic merge patch on the status sub-resource'],
    ['E3', 'Adding our finalizer leaves those of others alone'],
    ['E4', 'No patch carries a resource version; a conflict is tried again'],
    ['E5', 'The list of addresses is replaced whole, conditions are merged by type'],
    ['E6', 'Taking our finalizer off keeps the order of the rest'],
    ['E7', 'A status patch never drops a finalizer', noted('how a patch is made of what differs: `src/kube/patch-embedded.test.ts`')],
  ]),
];
