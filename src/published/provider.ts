/**
 * `portolan/provider`: what a provider that lives outside of this repository is written with. Start at `ProviderDefinition`;
 * `providers/local` is the model of one.
 *
 * Import nothing of Portolan from anywhere else: what is not named here may change without notice.
 */
export type {
  AnyProvider,
  AnyProviderDefinition,
  Budget,
  CallContext,
  Document,
  DocumentEvent,
  DocumentKind,
  Documents,
  Provider,
  ProviderDefinition,
  ProviderHost,
  StepOutcome,
} from '../provider.ts';
export type { AnySettingsTable, CoreField, SettingEdit, SettingRow, SettingsTable, SettingType, SettingValues } from '../settings/row.ts';
export type { Clock } from '../clock.ts';
export type { Facts, Log } from '../log.ts';
export type { Metrics, MetricRow, MetricTable } from '../metrics.ts';

export { asLbError, LbError, type LbErrorOptions } from '../errors.ts';
export { reasons, type Reason, type Verdict } from '../reasons.ts';

export { features, type Capabilities, type Feature, type OwnedThing, type Permission } from '../model/capabilities.ts';
export type { Checkpoint, ReachCheckpoint } from '../model/checkpoint.ts';
export { canonicalJson, digestOf } from '../model/digest.ts';
export {
  cloudId,
  clusterId,
  fieldPath,
  listenerId,
  listenerParts,
  parseLoadBalancerKey,
  providerName,
  serviceKey,
  serviceLoadBalancer,
  serviceUid,
  settingName,
  stepId,
  type CloudId,
  type ClusterId,
  type Digest,
  type FieldPath,
  type ListenerId,
  type LoadBalancerKey,
  type Protocol,
  type ProviderName,
  type ServiceKey,
  type ServiceUid,
  type SettingName,
  type StepId,
} from '../model/ids.ts';
export type { Ingress, PortStatus } from '../model/ingress.ts';
export type { Json, JsonObject } from '../model/json.ts';
export { clusterMark, keyMark, marksOf, nameMark, ownerOfMarks, proves, type Marks, type Owner } from '../model/owner.ts';
export {
  disruptions,
  type AnyPlan,
  type AnyStep,
  type Claim,
  type Disruption,
  type FromStep,
  type Plan,
  type Proof,
  type Refusal,
  type Step,
  type Wait,
} from '../model/plan.ts';
export type { ListenerReport, Notice, Report } from '../model/report.ts';
export {
  isClusterWant,
  isFrozen,
  isGone,
  isSpec,
  type AddressWant,
  type Affinity,
  type ClusterWant,
  type Frozen,
  type Gone,
  type HealthQuestion,
  type Listener,
  type LoadBalancerSpec,
  type Member,
  type MemberSet,
  type Scheme,
  type TrafficPolicy,
  type Want,
} from '../model/spec.ts';
export { compareIp, contains, familyOf, overlaps, parseCidr, parseIp, type Cidr, type Family, type IpAddress } from '../net/ip.ts';

export { diffLists, type ListDiff } from '../plan/diff.ts';
export { isWorse, worstOf } from '../plan/disruption.ts';
