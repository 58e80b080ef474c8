import type { EmbeddedApi } from '../embedded/api.ts';
import { LbError } from '../errors.ts';
import { errorOfAnswer } from '../kube/status-error.ts';
import type { KubeTransport } from '../kube/transport.ts';

/** The embedded API by its direct door, as a transport: no sockets, no time of its own. */
export function directTransport(api: EmbeddedApi): KubeTransport {
  return {
    async request({ method, path, headers, body, signal, lastCheck }) {
      signal.throwIfAborted();
      lastCheck?.();
      return await api.request({
        method,
        path,
        headers: { 'user-agent': 'portolan', ...headers },
        ...(body === undefined ? {} : { body }),
      });
    },
    async *watch({ path, signal, opened }) {
      signal.throwIfAborted();
      const answer = await unlessAborted(signal, api.answer({ method: 'GET', path, headers: { 'user-agent': 'portolan' } }, signal));
      if (answer.kind === 'dropped') throw new LbError('ApiUnavailable', `watch ${path}: the connection was closed`);
      if (answer.kind === 'body') throw errorOfAnswer(answer.response, `watch ${path}`);
      const end = () => answer.stream.end();
      signal.addEventListener('abort', end, { once: true });
      opened();
      try {
        for await (const event of answer.stream) {
          if (signal.aborted) return;
          yield JSON.stringify(event);
        }
      } finally {
        signal.removeEventListener('abort', end);
        end();
      }
    },
    close: () => Promise.resolve(),
  };
}

/** A frozen API answers nobody, also not one who has given up. */
function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error); // an abort reason is an Error throughout this project
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
