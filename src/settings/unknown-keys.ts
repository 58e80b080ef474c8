import { fieldPath } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';
import { internalAnnotations } from './internal-annotations.ts';
import { isOneEditAway, nearest } from './nearest.ts';
import { isOpen, restOf } from './open-key.ts';
import { peerOf, peers, type Peer } from './peer-keys.ts';
import { controlKeys, ourPrefix, portableRows, reservedKeys } from './portable.ts';
import type { AnySettingsTable } from './row.ts';
import { isWatched } from './watched.ts';

/** What the annotations say that nobody here acts on. */
export interface UnknownKeys {
  readonly refusals: readonly Refusal[];
  readonly notices: readonly Notice[];
}

const annotationsOf = (table: AnySettingsTable): readonly string[] => Object.values(table).flatMap((row) => row.annotations ?? []);
const everywhere: readonly string[] = [...annotationsOf(portableRows), ...internalAnnotations.map(({ key }) => key)];

/**
 * Unknown under our own prefix: refused. Under a peer's prefix: served, and said, apart for what the peer would act on and
 * this provider does not, and for what nobody knows. One edit away from a key that is read: as if it stood under its prefix.
 */
export function findUnknownKeys(table: AnySettingsTable, annotations: Readonly<Record<string, string>>): UnknownKeys {
  const read = new Set([...everywhere, ...annotationsOf(table)]);
  const open = [...read].filter(isOpen);
  const refusals: Refusal[] = [];
  const notices: Notice[] = [];
  for (const key of Object.keys(annotations).sort()) {
    if (read.has(key) || open.some((annotation) => restOf(annotation, key) !== undefined) || !isWatched(key)) continue;
    const peer = peerOf(key);
    if (key === controlKeys.group) refusals.push(groupRefusal);
    else if (key === controlKeys.release) refusals.push(...badRelease(annotations[key]));
    else if (key.startsWith(ourPrefix)) refusals.push(unknownOfOurs(key, read));
    else if (peer !== undefined) notices.push(...ofPeer(key, peer, read));
    else if (misspelt(key, read, ourPrefix) !== undefined) refusals.push(unknownOfOurs(key, read));
    else notices.push(...misspeltOfOthers(key, read));
  }
  return { refusals, notices };
}

const groupRefusal: Refusal = {
  reason: 'GroupNotSupported',
  text: 'several Services cannot share a load balancer yet',
  field: fieldPath(controlKeys.group),
};

/** A wish that nobody understands must not be taken for none: what is asked for ends the care for a load balancer. */
function badRelease(value: string | undefined): readonly Refusal[] {
  if (value === 'true') return [];
  return [
    {
      reason: 'InvalidSetting',
      text: `${JSON.stringify(value)} is not "true"`,
      field: fieldPath(controlKeys.release),
      remedy: 'Set it to "true" to release the load balancer, or remove it',
    },
  ];
}

function unknownOfOurs(key: string, read: ReadonlySet<string>): Refusal {
  const known = ourKeys(read);
  const meant = nearest(key, known);
  return {
    reason: 'UnknownSetting',
    text: meant === undefined ? `unknown annotation; known are ${known.join(', ')}` : `unknown annotation; did you mean ${meant}?`,
    field: fieldPath(key),
  };
}

/** All our keys that an annotation may have, the words to the controller too: a misspelt one must not be mistaken for silence. */
function ourKeys(read: ReadonlySet<string>): readonly string[] {
  const keys = [...read].filter((key) => key.startsWith(ourPrefix) && !reservedKeys.includes(key));
  return [...keys, controlKeys.approve, controlKeys.release].sort();
}

function ofPeer(key: string, { peer, prefix, rest }: NonNullable<ReturnType<typeof peerOf>>, read: ReadonlySet<string>): readonly Notice[] {
  if (peer.outputs?.includes(rest) === true) return [];
  if (isKeyOf(peer, rest)) {
    const text = `an annotation of ${peer.name} that has no effect with the provider of this class`;
    return [{ reason: 'SettingWithoutEffect', text, field: fieldPath(key), kind: 'service' }];
  }
  const known = [...peer.keys.map((name) => prefix + name), ...[...read].filter((name) => name.startsWith(prefix))];
  return [unknownOfOthers(key, nearest(key, known))];
}

const isKeyOf = (peer: Peer, rest: string): boolean =>
  peer.keys.includes(rest) || (peer.openKeys ?? []).some((start) => rest.startsWith(start) && rest.length > start.length);

function misspeltOfOthers(key: string, read: ReadonlySet<string>): readonly Notice[] {
  const meant = misspelt(key, read, '') ?? misspelt(key, peerKeys, '');
  return meant === undefined ? [] : [unknownOfOthers(key, meant)];
}

const peerKeys: readonly string[] = peers.flatMap(({ prefixes, keys }) => prefixes.flatMap((prefix) => keys.map((name) => prefix + name)));

/** The key under a prefix that this one is a single edit away from. */
function misspelt(key: string, known: Iterable<string>, prefix: string): string | undefined {
  for (const candidate of prefix === ourPrefix ? [...known, ...Object.values(controlKeys)] : known) {
    if (candidate.startsWith(prefix) && isOneEditAway(key, candidate)) return candidate;
  }
  return undefined;
}

function unknownOfOthers(key: string, meant: string | undefined): Notice {
  const text =
    meant === undefined ? 'unknown annotation, which has no effect' : `unknown annotation, which has no effect; did you mean ${meant}?`;
  return { reason: 'UnknownSetting', text, field: fieldPath(key), kind: 'service' };
}
