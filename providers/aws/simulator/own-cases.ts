import type { ConformanceCase } from '../../../src/conformance/case.ts';
import { cases as addresses } from './cases/addresses.ts';
import { cases as annotationGroups } from './cases/annotation-groups.ts';
import { cases as listeners } from './cases/listeners.ts';
import { cases as lost } from './cases/lost.ts';
import { cases as members } from './cases/members.ts';
import { cases as ownership } from './cases/ownership.ts';
import { cases as refusals } from './cases/refusals.ts';
import { cases as securityGroups } from './cases/security-groups.ts';

/** What is true of Amazon only. */
export const ownCases: readonly ConformanceCase[] = [
  ...annotationGroups,
  ...securityGroups,
  ...listeners,
  ...addresses,
  ...ownership,
  ...lost,
  ...members,
  ...refusals,
];
