/**
 * `portolan/conformance`: what a provider is tried out on without a cluster. Start at `runSuite`: it tells every case of
 * `allCases` to controllers over a provider, on a cloud that a `Simulate` makes, and answers a result for the reporters.
 *
 * Beneath it: the engine runs one pass over one load balancer of a provider under a clock that stands still until told to
 * move; the embedded Kubernetes API stands in for a cluster, in process or over HTTP.
 */
export { version } from '../version.ts';

export { runSuite, type ProgressEvent, type SuiteOptions } from '../conformance/suite.ts';
export { runCase, type CaseOptions } from '../conformance/run-case.ts';
export { allCases } from '../conformance/all-cases.ts';
export type { ActionStep, CaseStep, Check, CheckStep, ClassSetup, ConformanceCase, Hook, NodeSetup, Setup } from '../conformance/case.ts';
export type {
  DataPath,
  Planted,
  ProviderSimulation,
  SimulatedNode,
  Simulate,
  Tampering,
  TrafficAnswer,
} from '../conformance/simulation.ts';

export {
  passNames,
  type CaseFailure,
  type CaseResult,
  type CheckResult,
  type Outcome,
  type PassName,
  type SuiteResult,
  type Violation,
} from '../conformance/result.ts';
export { type PassResult as SuitePassResult } from '../conformance/result.ts';
export { failuresOf, type Failure } from '../conformance/report/failures.ts';
export { report, reportFormats, type ReportFormat } from '../conformance/report/formats.ts';
export { standingsOf, type RowStanding, type StandingRow } from '../conformance/report/standing.ts';
export type { TextReportOptions } from '../conformance/report/text-report.ts';
export { contractRows, titleOf } from '../conformance/rows/contract.ts';
export type { ContractRow, RowId, Standing } from '../conformance/rows/row.ts';

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
