import { isDeepStrictEqual } from 'node:util';
import type { ApiResponse } from '../../../src/embedded/api.ts';
import type { KubeRequest } from '../../../src/kube/transport.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Mirror } from './mirror.ts';
import { metaOf, pathOnly, resourceOf } from './object-meta.ts';

type Asked = Pick<KubeRequest, 'method' | 'path' | 'body'>;

/**
 * The renewals of a story's Leases that change nothing but their time. A story of an hour has 1,800 of them, all the cases of
 * the kit 125,000: they are answered here, with the object that the server has. Whatever else concerns a Lease is the
 * server's: who gets it, hand-over, annotations, conflicts.
 */
export class Renewals {
  /** By path, until the server has another version. */
  readonly #renewed = new Map<string, { readonly version: unknown; readonly renewTime: unknown }>();

  /** The answer to a mere renewal; undefined where the server must be asked. */
  answer({ method, path, body }: Asked, mirror: Pick<Mirror, 'get'>): ApiResponse | undefined {
    if (method !== 'PUT' || body === undefined || resourceOf(path) !== 'leases') return undefined;
    const asked = JSON.parse(body) as JsonObject; // written by our own client
    const { namespace, name, resourceVersion } = metaOf(asked);
    const known = mirror.get('leases', namespace, name);
    if (known === undefined || !isDeepStrictEqual(withoutTime(asked), withoutTime(known))) return undefined;
    this.#renewed.set(pathOnly(path), { version: resourceVersion, renewTime: specOf(asked)['renewTime'] });
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }

  /** What the server answered, with the renewals that it was not told of. */
  shown({ method, path }: Asked, answer: ApiResponse): ApiResponse {
    const renewed = method === 'GET' ? this.#renewed.get(pathOnly(path)) : undefined;
    if (renewed === undefined || answer.status !== 200) return answer;
    const lease = JSON.parse(answer.body) as JsonObject; // a 200 from the API server
    if (metaOf(lease).resourceVersion !== renewed.version) return answer;
    return { ...answer, body: JSON.stringify({ ...lease, spec: { ...specOf(lease), renewTime: renewed.renewTime } }) };
  }
}

const specOf = (lease: JsonObject): JsonObject => lease['spec'] as JsonObject; // a Lease has one

function withoutTime(lease: JsonObject): JsonObject {
  const { renewTime: _, ...spec } = specOf(lease) as { renewTime?: unknown } & JsonObject; // as above
  return { metadata: lease['metadata'] ?? {}, spec };
}
