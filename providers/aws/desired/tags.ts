import type { ListenerId } from '../../../src/model/ids.ts';
import { marksOf, type Marks, type Owner } from '../../../src/model/owner.ts';
import { ourPrefix } from '../../../src/settings/portable.ts';
import type { Settings } from '../settings/settings.ts';
import { refuseSetting, type Findings } from './findings.ts';

/** Which of a thing's tags the Service asked for: one that is asked for no more is taken off, while tags of others stay. */
export const askedMark = 'portolan.dev/tags';
/** What a target group serves, for people. */
const listenerMark = 'portolan.dev/listener';
/** Which addresses a load balancer was made for: it shows them later, if at all. */
const addressesMark = 'portolan.dev/addresses';
/** Amazon allows few characters in tags, and no comma. */
const separator = '+';

/** Amazon's 50, less those of ours and a few that others may add. */
const mostTags = 40;
const longest = { key: 128, value: 256 } as const;
const alphabet = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The tags of everything that is made for an owner: its marks, and what the Service asks for on top. */
export function tagsOf(owner: Owner, { resourceTags }: Pick<Settings, 'resourceTags'>, findings: Findings): Marks {
  const keys = Object.keys(resourceTags).sort();
  if (keys.length === 0) return marksOf(owner);
  for (const [key, value] of Object.entries(resourceTags)) {
    const text = whyNoTag(key, value);
    if (text !== undefined) refuseSetting(findings, 'resourceTags', text);
  }
  const remembered = keys.join(separator);
  if (keys.length > mostTags) refuseSetting(findings, 'resourceTags', `${keys.length} tags are asked for, and ${mostTags} are the most`);
  else if (remembered.length > longest.value)
    refuseSetting(findings, 'resourceTags', `the keys of all tags have ${remembered.length} characters, and ${longest.value} are the most`);
  return { ...resourceTags, ...marksOf(owner), [askedMark]: remembered };
}

/** The keys of the tags on a thing that a Service asked for when they were last written. */
export const askedTags = (tags: Marks): readonly string[] => (tags[askedMark] ?? '').split(separator).filter((key) => key !== '');

export const loadBalancerTags = (tags: Marks, addresses: readonly string[]): Marks =>
  addresses.length === 0 ? tags : { ...tags, [addressesMark]: addressesText(addresses) };

/** Whether a load balancer was made for exactly these, in any order. */
export const isMadeFor = (tags: Marks, addresses: readonly string[]): boolean => tags[addressesMark] === addressesText(addresses);

const addressesText = (addresses: readonly string[]): string => [...addresses].sort().join(separator);

export const targetGroupTags = (tags: Marks, of: readonly ListenerId[]): Marks => ({ ...tags, [listenerMark]: of.join(separator) });

/** What a target group serves, as its tag says. */
export const servedBy = (tags: Marks): readonly string[] => (tags[listenerMark] ?? '').split(separator);

function whyNoTag(key: string, value: string): string | undefined {
  const named = `the tag ${JSON.stringify(key.slice(0, longest.key))}`;
  if (key.startsWith(ourPrefix)) return `${named} is one of Portolan's own`;
  if (/^aws:/i.test(key)) return `${named} is one of Amazon's own`;
  if (key.length > longest.key) return `${named} has more than ${longest.key} characters`;
  if (value.length > longest.value) return `the value of ${named} has more than ${longest.value} characters`;
  if (!alphabet.test(key) || !alphabet.test(value))
    return `${named} has a character that is no letter, digit, space or one of _ . : / = + - @`;
  return key.includes(separator) ? `${named} has a ${separator}, which separates keys where they are remembered` : undefined;
}
