import type { Dispatcher } from 'undici';
import { createAgents, destroyAgents, retireAgents, sameTls, type Agents } from './agents.ts';
import type { Endpoint } from './endpoint.ts';
import { withLastCheck } from './last-check.ts';
import { linesOf } from './lines.ts';
import { errorOfAnswer } from './status-error.ts';
import type { KubeRequest, KubeResponse, KubeTransport, KubeWatch } from './transport.ts';

/** The API server over HTTP/1.1. Credentials are asked for at each call; a 401 drops them and is tried once more. */
export class HttpTransport implements KubeTransport {
  readonly #endpoint: Endpoint;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #userAgent: string;
  #agents: Agents | undefined;
  #closed = false;

  constructor(endpoint: Endpoint, userAgent: string) {
    const url = new URL(endpoint.server);
    this.#endpoint = endpoint;
    this.#origin = url.origin;
    this.#basePath = url.pathname.replace(/\/$/, '');
    this.#userAgent = userAgent;
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    const answer = await this.#send(request.lane ?? 'calls', request, {
      headersTimeout: request.timeoutMs,
      bodyTimeout: request.timeoutMs,
    });
    return { status: answer.statusCode, headers: flatten(answer.headers), body: await answer.body.text() };
  }

  async *watch(watch: KubeWatch): AsyncIterable<string> {
    const answer = await this.#send('watch', { ...watch, method: 'GET' }, { bodyTimeout: watch.idleMs });
    if (answer.statusCode !== 200) {
      const status = { status: answer.statusCode, headers: flatten(answer.headers), body: await answer.body.text() };
      throw errorOfAnswer(status, `watch ${watch.path.split('?', 1)[0]}`);
    }
    watch.opened();
    yield* linesOf(answer.body);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#agents !== undefined) await destroyAgents(this.#agents);
  }

  async #send(
    pool: 'watch' | 'calls' | 'leader',
    request: Pick<KubeRequest, 'method' | 'path' | 'headers' | 'body' | 'signal' | 'lastCheck'>,
    timeouts: Pick<Dispatcher.RequestOptions, 'headersTimeout' | 'bodyTimeout'>,
  ): Promise<Dispatcher.ResponseData> {
    const send = async () => {
      const { headers, tls } = await this.#endpoint.authorize();
      request.signal.throwIfAborted();
      const agent = this.#agentsFor(tls)[pool];
      const { lastCheck } = request;
      return (lastCheck === undefined ? agent : withLastCheck(agent, lastCheck)).request({
        origin: this.#origin,
        path: `${this.#basePath}${request.path}`,
        method: request.method,
        headers: { 'user-agent': this.#userAgent, ...request.headers, ...headers },
        body: request.body ?? null,
        signal: request.signal,
        ...timeouts,
      });
    };
    const answer = await send();
    if (answer.statusCode !== 401) return answer;
    await answer.body.dump();
    await this.#endpoint.forget();
    return send();
  }

  /** New authorities or certificates mean new connections; the old ones end with what they carry. */
  #agentsFor(tls: Agents['tls']): Agents {
    if (this.#closed) throw new Error('the connection to the API server was closed');
    if (this.#agents !== undefined && sameTls(this.#agents.tls, tls)) return this.#agents;
    if (this.#agents !== undefined) retireAgents(this.#agents);
    this.#agents = createAgents(tls, this.#endpoint.proxyUrl);
    return this.#agents;
  }
}

/** Header names come in lower case; of a repeated one the first counts. */
function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) flat[name] = first;
  }
  return flat;
}
