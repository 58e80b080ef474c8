import { Agent, request } from 'undici';
import type { Json } from '../../src/model/json.ts';
import type { Door, RawRequest } from '../fixtures/replay/player.ts';

export interface RealServer {
  /** Such as `https://127.0.0.1:6443`. */
  readonly url: string;
  readonly token: string;
  /** The certificate to trust, PEM; without it the server's is not checked. */
  readonly ca?: string;
}

/** A watch that has brought nothing for so long brings nothing more: what is recorded is in the history already. */
const patienceMs = 3_000;

/** A real API server as a door. `compact` is the caller's, because no API offers it. */
export function realDoor(server: RealServer, compact: () => Promise<void>): Door & { close(): Promise<void> } {
  const dispatcher = new Agent({ connect: server.ca === undefined ? { rejectUnauthorized: false } : { ca: server.ca } });
  const call = ({ method, path, headers, body }: RawRequest, signal: AbortSignal | null) =>
    request(`${server.url}${path}`, {
      dispatcher,
      method: method as 'GET',
      headers: { ...headers, authorization: `Bearer ${server.token}` },
      body: body ?? null,
      signal,
    }); // any method passes

  return {
    async send(raw) {
      const answer = await call(raw, null);
      const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
      return { status: answer.statusCode, headers, body: await answer.body.text() };
    },
    async watch(path, count) {
      const stream = new AbortController();
      const { statusCode, body } = await call({ method: 'GET', path, headers: {} }, stream.signal);
      if (statusCode !== 200) throw new Error(`watch ${path}: ${statusCode} ${await body.text()}`);
      const events = await firstLines(body, count);
      stream.abort();
      return events;
    },
    compact,
    close: () => dispatcher.close(),
  };
}

async function firstLines(body: AsyncIterable<Buffer> & { destroy(): unknown }, count: number): Promise<readonly Json[]> {
  const events: Json[] = [];
  let rest = '';
  const patience = setTimeout(() => body.destroy(), patienceMs);
  try {
    for await (const chunk of body) {
      patience.refresh();
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(JSON.parse(line) as Json); // one event to a line
      if (events.length >= count) break;
    }
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.name !== 'AbortError') throw thrown;
  } finally {
    clearTimeout(patience);
  }
  return events.slice(0, count);
}
