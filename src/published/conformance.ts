/**
 * `portolan/conformance`: what a provider is tried out on without a cluster. The engine runs one pass over one load balancer
 * of a provider under a clock that stands still until told to move; the embedded Kubernetes API stands in for a cluster, in
 * process or over HTTP. The suite of conformance cases is built on these and is not part of this version.
 */
export { ManualClock, settle, systemClock, type Clock } from '../clock.ts';
export { silentLog, type Log } from '../log.ts';
export { noMetrics, type Metrics } from '../metrics.ts';
export { checkpoints, noCheckpoint, type Checkpoint, type ReachCheckpoint } from '../model/checkpoint.ts';
export { defaultGuard, type GuardPolicy } from '../model/load-balancer-class.ts';

export type { GuardRules, Held } from '../engine/guard.ts';
export { runPass, type PassContext, type PassInput, type PassOutcome, type PassPorts, type PassResult } from '../engine/pass.ts';
export type { StepRun } from '../engine/run-steps.ts';

export { EmbeddedApi, type ApiRequest, type ApiResponse, type EmbeddedApiOptions, type LoggedRequest } from '../embedded/api.ts';
export type { Fault, Faults } from '../embedded/faults.ts';
export { serveHttp, type HttpDoor } from '../embedded/http-door.ts';
