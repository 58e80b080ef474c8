import { isReleased } from '../intent/claim.ts';
import { goneOf, ownerOf } from '../intent/frozen.ts';
import type { ClusterId } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { Gone } from '../model/spec.ts';
import { readSettings } from '../settings/read.ts';
import type { AnySettingsTable } from '../settings/row.ts';
import { servedBy } from './record.ts';

/**
 * The want of a Service that wants no load balancer any more: released it stays, without our marks; else all goes. With the settings
 * as the Service and its class say them now, unless one of them cannot be read, or the class speaks of another provider's: nothing
 * of that may hinder its end. Pure.
 */
export function goneFor(service: ServiceView, clusterId: ClusterId, klass: LoadBalancerClass, table: AnySettingsTable): Gone<unknown> {
  const read = servedBy(service, klass) === klass.provider ? readSettings(table, service.annotations, klass.settings) : undefined;
  const settings = read?.complete === true ? read.settings : undefined;
  return goneOf<unknown>(ownerOf(service, clusterId), settings, isReleased(service) ? 'everything' : 'nothing');
}
