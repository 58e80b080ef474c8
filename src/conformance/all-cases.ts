import type { ConformanceCase } from './case.ts';
import { cases as addressChanges } from './cases/address-changes.ts';
import { cases as addresses } from './cases/addresses.ts';
import { cases as affinity } from './cases/affinity.ts';
import { cases as apiTrouble } from './cases/api-trouble.ts';
import { cases as audit } from './cases/audit.ts';
import { cases as claiming } from './cases/claiming.ts';
import { cases as conditions } from './cases/conditions.ts';
import { cases as cost } from './cases/cost.ts';
import { cases as crash } from './cases/crash.ts';
import { cases as drift } from './cases/drift.ts';
import { cases as events } from './cases/events.ts';
import { cases as failingDeletions } from './cases/failing-deletions.ts';
import { cases as families } from './cases/families.ts';
import { cases as finalizers } from './cases/finalizers.ts';
import { cases as frozen } from './cases/frozen.ts';
import { cases as guard } from './cases/guard.ts';
import { cases as hostileAnswers } from './cases/hostile-answers.ts';
import { cases as life } from './cases/life.ts';
import { cases as lostReplies } from './cases/lost-replies.ts';
import { cases as nodePorts } from './cases/node-ports.ts';
import { cases as nodeSelector } from './cases/node-selector.ts';
import { cases as nodeUpdates } from './cases/node-updates.ts';
import { cases as nodes } from './cases/nodes.ts';
import { cases as ownership } from './cases/ownership.ts';
import { cases as planOnly } from './cases/plan-only.ts';
import { cases as protocols } from './cases/protocols.ts';
import { cases as proxyProtocol } from './cases/proxy-protocol.ts';
import { cases as release } from './cases/release.ts';
import { cases as reload } from './cases/reload.ts';
import { cases as restart } from './cases/restart.ts';
import { cases as settings } from './cases/settings.ts';
import { cases as sharingRefused } from './cases/sharing-refused.ts';
import { cases as slowCloud } from './cases/slow-cloud.ts';
import { cases as sourceRanges } from './cases/source-ranges.ts';
import { cases as staleReads } from './cases/stale-reads.ts';
import { cases as status } from './cases/status.ts';
import { cases as throttling } from './cases/throttling.ts';
import { cases as trafficPolicy } from './cases/traffic-policy.ts';
import { cases as triggers } from './cases/triggers.ts';
import { cases as twoInstalls } from './cases/two-installs.ts';
import { cases as typeChange } from './cases/type-change.ts';
import { cases as verdicts } from './cases/verdicts.ts';

/** Every case of the kit, in the order in which it runs and is reported; the cases of an area stand together. */
export const allCases: readonly ConformanceCase[] = [
  ...claiming,
  ...triggers,
  ...life,
  ...failingDeletions,
  ...typeChange,
  ...finalizers,
  ...status,
  ...conditions,
  ...events,
  ...addresses,
  ...addressChanges,
  ...sourceRanges,
  ...affinity,
  ...trafficPolicy,
  ...protocols,
  ...families,
  ...nodePorts,
  ...nodeSelector,
  ...proxyProtocol,
  ...settings,
  ...sharingRefused,
  ...nodes,
  ...nodeUpdates,
  ...ownership,
  ...twoInstalls,
  ...restart,
  ...drift,
  ...guard,
  ...frozen,
  ...crash,
  ...lostReplies,
  ...throttling,
  ...verdicts,
  ...hostileAnswers,
  ...slowCloud,
  ...staleReads,
  ...apiTrouble,
  ...cost,
  ...planOnly,
  ...reload,
  ...release,
  ...audit,
];
