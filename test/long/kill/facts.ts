import { conditionTypes, type Condition } from '../../../src/model/condition.ts';
import type { ServiceUid } from '../../../src/model/ids.ts';
import { finalizerOf } from '../../../src/model/load-balancer-class.ts';
import { classId } from '../../../src/model/ids.ts';
import type { NodeView, ServicePortView, ServiceView } from '../../../src/model/service-view.ts';
import type { Cidr } from '../../../src/net/ip.ts';
import type { Place, Reply } from './asking.ts';

/** Everything that can be seen from outside of the controller while nothing moves. */
export interface Facts {
  readonly services: readonly ServiceView[];
  readonly nodes: readonly NodeView[];
  readonly ranges: { readonly public: Cidr; readonly internal: Cidr };
  /** What the Lease says of the node set that every pool has. */
  readonly epochMark: string | undefined;
  readonly stateText: string;
  /** In the folder of the state file. */
  readonly files: readonly string[];
  /** What listens on addresses of the ranges: `TCP 127.90.0.130:80`; undefined where the system does not say. */
  readonly sockets: ReadonlySet<string> | undefined;
  /** Every address a Service had in its status since it is of type LoadBalancer, in that order. */
  readonly published: ReadonlyMap<ServiceUid, readonly string[]>;
  /** How often its owner approved another address. */
  readonly approved: ReadonlyMap<ServiceUid, number>;
}

/** What clients met. */
export interface Traffic {
  readonly served: readonly {
    readonly service: ServiceView;
    readonly port: ServicePortView;
    readonly replies: readonly Reply[];
    /** To a client outside of the source ranges; absent where everybody is inside. */
    readonly outsider?: Reply;
  }[];
  /** Where something listened once and nothing should now. */
  readonly gone: readonly { readonly place: Place; readonly reply: Reply }[];
}

export const ourFinalizer = finalizerOf(classId('local'));
const endpointsAnnotation = 'demo.portolan.dev/endpoints';

export const wanted = ({ services }: Pick<Facts, 'services'>): readonly ServiceView[] =>
  services.filter(({ type, deleting }) => type === 'LoadBalancer' && !deleting);

export const addressOf = (service: ServiceView): string => service.ingress[0]?.ip ?? '';

export const schemeOf = (service: ServiceView): 'public' | 'internal' =>
  service.annotations['portolan.dev/scheme'] === 'internal' ? 'internal' : 'public';

/** The nodes that should answer. */
export function answering(service: ServiceView, nodes: readonly NodeView[]): readonly string[] {
  const chosen = service.annotations[endpointsAnnotation]?.split(',');
  const isLocal = service.externalTrafficPolicy === 'Local' && chosen !== undefined;
  return nodes.map(({ name }) => name).filter((name) => !isLocal || chosen.includes(name));
}

/** What should listen for a Service. */
export const socketsOf = (service: ServiceView): readonly string[] =>
  service.ports.map(({ protocol, port }) => `${protocol} ${addressOf(service)}:${port}`);

export const conditionOf = (service: ServiceView, type: keyof typeof conditionTypes): Condition | undefined =>
  service.conditions.find((condition) => condition.type === conditionTypes[type]);
