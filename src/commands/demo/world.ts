import type { Clock } from '../../clock.ts';
import type { ListenerId } from '../../model/ids.ts';
import type { DemoRange } from './address-range.ts';
import type { Checklist } from './checklist.ts';
import type { ClusterUser } from './cluster-user.ts';
import type { LiveServices } from './live-services.ts';
import type { Printer } from './printer.ts';

/** What the stories and checks of a demo have in hand. */
export interface World {
  readonly range: DemoRange;
  readonly clock: Clock;
  readonly printer: Printer;
  readonly user: ClusterUser;
  readonly services: LiveServices;
  readonly checklist: Checklist;
  /** Names of the Nodes that are there now. */
  readonly nodes: Set<string>;
  /** Listeners this process cannot have on this machine, and the reason its controller will give. */
  readonly unserved: ReadonlyMap<ListenerId, 'PortNotPermitted' | 'PortInUse'>;
}
