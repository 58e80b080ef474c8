import { LbError } from '../errors.ts';
import { errorOfAnswer } from '../kube/status-error.ts';
import type { KubeRequest, KubeResponse, KubeTransport } from '../kube/transport.ts';

/**
 * What may go wrong between a controller and the API server. `drop-before`, `drop-after`: no answer, and it was not done or
 * it was. `conflict` 409, `forbidden` 403, `too-many` 429 with `Retry-After: 1`, `down`: nothing answers at all.
 */
export interface KubeFault {
  readonly fault: 'drop-before' | 'drop-after' | 'conflict' | 'forbidden' | 'too-many' | 'down';
  readonly method?: string;
  /** A regular expression over the path with its query. */
  readonly path?: string;
  readonly times?: number;
}

const statuses = { conflict: [409, 'Conflict'], forbidden: [403, 'Forbidden'], 'too-many': [429, 'TooManyRequests'] } as const; // literal keys and pairs

/** The faults armed on one controller's way to its API server; users of the cluster notice nothing of them. */
export class KubeFaults {
  #armed: { readonly fault: KubeFault; left: number }[] = [];

  add(fault: KubeFault): void {
    this.#armed.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#armed = [];
  }

  around(inner: KubeTransport): KubeTransport {
    return {
      request: (request) => this.#request(request, () => inner.request(request)),
      watch: (watch) => {
        const fault = this.#next('GET', watch.path)?.fault;
        switch (fault) {
          case undefined:
            return inner.watch(watch);
          case 'drop-before':
          case 'drop-after':
          case 'down':
            throw unavailable(watch.path);
          default:
            throw errorOfAnswer(statusAnswer(fault), `watch ${watch.path}`);
        }
      },
      close: () => inner.close(),
    };
  }

  async #request({ method, path }: KubeRequest, call: () => Promise<KubeResponse>): Promise<KubeResponse> {
    const fault = this.#next(method, path)?.fault;
    switch (fault) {
      case undefined:
        return call();
      case 'drop-after':
        await call();
        throw unavailable(path);
      case 'drop-before':
      case 'down':
        throw unavailable(path);
      default:
        return statusAnswer(fault);
    }
  }

  /** Only `down` is about reads, unless a fault names GET: a watch is one. */
  #next(method: string, path: string): KubeFault | undefined {
    const reads = method === 'GET';
    const found = this.#armed.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.fault === 'down' || (fault.method === undefined ? !reads : fault.method === method)) &&
        (fault.path === undefined || new RegExp(fault.path).test(path)),
    );
    if (found !== undefined) found.left--;
    return found?.fault;
  }
}

function statusAnswer(fault: keyof typeof statuses): KubeResponse {
  const [code, reason] = statuses[fault];
  const headers = { 'content-type': 'application/json', ...(code === 429 ? { 'retry-after': '1' } : {}) };
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'a fault was injected', reason, code };
  return { status: code, headers, body: JSON.stringify(body) };
}

const unavailable = (path: string): LbError => new LbError('ApiUnavailable', `${path.split('?')[0]}: no answer`);
