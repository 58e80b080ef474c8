import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ReachCheckpoint } from '../model/checkpoint.ts';
import type { ClassId, ClusterId, LoadBalancerKey } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { Budget, CallContext } from '../provider.ts';
import type { Announcer } from './announcer.ts';
import type { ClassRoll } from './class-roll.ts';
import type { Lane } from './lane-queue.ts';
import type { NodeEpochs } from './node-epochs.ts';
import type { ProviderPool } from './provider-pool.ts';
import type { StatusWriter } from './status-writer.ts';

/** The parts one pass over a Service works with. */
export interface LoopParts {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly clusterId: ClusterId;
  /** Read at each use: the configuration may be read again. */
  classes(): readonly LoadBalancerClass[];
  readonly pool: ProviderPool;
  readonly epochs: NodeEpochs;
  readonly rollOf: (id: ClassId) => ClassRoll;
  readonly writer: StatusWriter;
  readonly announcer: Announcer;
  readonly checkpoint: ReachCheckpoint;
  /** Aborts when this process stops, or leads no more. */
  readonly signal: AbortSignal;
  /** Whether any Service's status names this address now. */
  namesAddress(address: string): boolean;
  readonly callContext: (budget: Budget, lane: Lane, log: Log) => CallContext;
  /** Monotonic time at which this process began to lead. */
  readonly startedAt: number;
  /** Asks for a pass of a key in the background. */
  wake(key: LoadBalancerKey): void;
  /** Milliseconds between two looks at an unchanged load balancer; 0 = never. */
  driftCheckMs(): number;
}
