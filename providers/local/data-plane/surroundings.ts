import type { Clock } from '../../../src/clock.ts';
import type { Log } from '../../../src/log.ts';
import type { ReachCheckpoint } from '../../../src/model/checkpoint.ts';
import type { Network } from '../api/network.ts';
import type { HealthBoards } from './health-board.ts';
import type { HealthChecker } from './health-checker.ts';

/** What every part of the data plane stands on. */
export interface Surroundings {
  readonly network: Network;
  readonly clock: Clock;
  readonly checker: HealthChecker;
  readonly boards: HealthBoards;
  readonly checkpoint: ReachCheckpoint;
  readonly log: Log;
}
