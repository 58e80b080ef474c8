/**
 * Deletion protection. What a Service or its class asked for is theirs to take back, by word or by silence; what somebody
 * switched on at Amazon is switched off by no silence. A mark tells the two apart, also after a restart.
 */
import type { Marks } from '../../../src/model/owner.ts';
import type { Attributes } from '../api/elb.ts';
import type { Settings } from '../settings/settings.ts';
import { loadBalancerRows, whyNoAttribute } from './attribute-rows.ts';

export const protectionKey = 'deletion_protection.enabled';
/** On a load balancer that a Service or its class asked to be protected. */
export const protectedMark = 'portolan.dev/protected';

/** The mark that a load balancer with these attributes is made with. */
export const protectionTags = (asked: Attributes): Marks => (asked[protectionKey] === 'true' ? { [protectedMark]: 'true' } : {});

/** What is asked of a load balancer that is there: protection of which nothing is said any more is to go. */
export const withProtection = (asked: Attributes, tags: Marks): Attributes =>
  protectionKey in asked || !(protectedMark in tags) ? asked : { ...asked, [protectionKey]: 'false' };

/** Whether what is to be deleted may lose its protection first. Attributes of which one is not understood may mean anything. */
export function givesProtectionUp(settings: Pick<Settings, 'attributes'> | undefined, tags: Marks): boolean {
  if (settings === undefined) return false;
  const said = settings.attributes[protectionKey];
  if (said !== undefined) return said === 'false';
  return protectedMark in tags && Object.entries(settings.attributes).every(([key, value]) => isUnderstood(key, value));
}

const isUnderstood = (key: string, value: string): boolean =>
  whyNoAttribute(loadBalancerRows('internal'), key, value, 'a load balancer') === undefined;
