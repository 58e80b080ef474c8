import { canonicalJson, digestOf } from '../model/digest.ts';
import type { LoadBalancerKey } from '../model/ids.ts';
import type { Claim } from '../model/plan.ts';

/**
 * The code that approves a loss: a hash of the load balancer's key and of what is lost and why, never of how. It is the
 * same in the controller and in `portolan plan`, stands still while nodes churn, holds until the last step that makes the
 * same claim, and is worth nothing once the field says something else.
 */
export function approvalCode(key: LoadBalancerKey, claim: Claim): string {
  const loses = [...new Set(claim.loses)].sort();
  const because = claim.because.map(({ field, from, to }) => canonicalJson({ field, from, to })).sort();
  return digestOf({ key, loses, because }).slice(0, 10);
}

/** The codes of a `portolan.dev/approve` annotation: a comma-separated list; blanks are nothing. */
export function parseApprovals(annotation: string | undefined): ReadonlySet<string> {
  return new Set(
    (annotation ?? '')
      .split(',')
      .map((code) => code.trim())
      .filter((code) => code !== ''),
  );
}
