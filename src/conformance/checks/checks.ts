import type { Check } from '../case.ts';
import type { Rig } from '../rig.ts';
import { asPlanned } from './as-planned.ts';
import { cloud } from './cloud.ts';
import { metric } from './metric.ts';
import { apiWrites, calls, foreignUntouched, members, owned, ownedInAll, planned, settled, want } from './provider-checks.ts';
import {
  condition,
  events,
  finalizer,
  ingress,
  leftAlone,
  object,
  objectGone,
  placeOf,
  uidOf,
  viewOf,
  type Place,
  type Seen,
} from './service-checks.ts';
import { order, patches } from './deeds.ts';
import { stray } from './stray.ts';
import { traffic } from './traffic.ts';

/**
 * Looks whether the sentence is true now. Answers what was seen instead; undefined = it is true.
 * @throws Error where the case itself is wrong: a snapshot that was not taken, a Service that never was.
 */
export function evaluate(rig: Rig, check: Check): Seen | Promise<Seen> {
  const { service } = { service: undefined, ...check };
  return (service === undefined ? undefined : missing(rig, { ...check, service })) ?? look(rig, check);
}

/** Of a Service that is not there everything could be said that says what it has not. */
function missing(rig: Rig, check: Check & Place): Seen {
  if (uidOf(rig, check) === undefined) throw new Error(`there never was a Service ${placeOf(check)}`);
  return ofObject.has(check.check) && viewOf(rig, check) === undefined ? 'the Service is gone' : undefined;
}

/** Sentences about the Service object itself. */
const ofObject: ReadonlySet<Check['check']> = new Set<Check['check']>(['condition', 'ingress', 'object', 'finalizer']);

function look(rig: Rig, check: Check): Seen | Promise<Seen> {
  switch (check.check) {
    case 'condition':
      return condition(rig, check);
    case 'ingress':
      return ingress(rig, check);
    case 'object':
      return object(rig, check);
    case 'finalizer':
      return finalizer(rig, check);
    case 'object-gone':
      return objectGone(rig, check);
    case 'events':
      return events(rig, check);
    case 'left-alone':
      return leftAlone(rig, check);
    case 'order':
      return order(rig, check);
    case 'patches':
      return patches(rig, check);
    case 'api-writes':
      return apiWrites(rig, check);
    case 'calls':
      return calls(rig, check);
    case 'as-planned':
      return asPlanned(rig, check);
    case 'want':
      return want(rig, check);
    case 'cloud':
      return cloud(rig, check);
    case 'members':
      return members(rig, check);
    case 'owned':
      return owned(rig, check);
    case 'owned-in-all':
      return ownedInAll(rig, check);
    case 'stray':
      return stray(rig, check);
    case 'foreign-untouched':
      return foreignUntouched(rig);
    case 'settled':
      return settled(rig, check);
    case 'planned':
      return planned(rig, check);
    case 'traffic':
      return traffic(rig, check);
    case 'metric':
      return metric(rig, check);
  }
}
