import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { EmbeddedApi } from './api.ts';
import type { ApiRequest } from './api-types.ts';
import { protobuf } from './media-types.ts';
import { jsonOfProtobuf } from './protobuf-body.ts';
import type { WatchStream } from './watch-stream.ts';
import { objectJson } from './written-json.ts';

export interface HttpDoor {
  readonly url: string;
  readonly port: number;
  /** Closes every connection at once, also those in the middle of an answer. */
  dropConnections(): void;
  close(): Promise<void>;
}

/**
 * Serves the API over plain HTTP, with watches as chunked streams of one JSON event a line.
 * @param options port 0 = any free one.
 */
export async function serveHttp(api: EmbeddedApi, options: { host: string; port: number }): Promise<HttpDoor> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    answer(api, request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    port,
    dropConnections,
    async close() {
      const closed = once(server, 'close');
      server.close();
      dropConnections();
      await closed;
    },
  };
}

async function answer(api: EmbeddedApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('the client closed the connection')));
  const body = await readBody(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  const sent = { method: request.method ?? 'GET', path: request.url ?? '/', ...asText(headers, body) };
  const result = await api.answer(sent, gone.signal);
  if (result.kind === 'dropped') {
    request.socket.destroy();
  } else if (result.kind === 'watch') {
    await stream(result.stream, response, gone.signal);
  } else {
    response.writeHead(result.response.status, { ...result.response.headers });
    response.end(result.response.body);
  }
}

/** Behind this door bodies are texts: protobuf is read as the JSON it stands for, where that can be told. */
function asText(headers: Readonly<Record<string, string>>, body: Buffer): Pick<ApiRequest, 'headers' | 'body'> {
  const json = headers['content-type']?.startsWith(protobuf) === true ? jsonOfProtobuf(body) : undefined;
  if (json === undefined) return { headers, body: body.toString('utf8') };
  return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(json) };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set, so chunks are buffers
  return Buffer.concat(chunks);
}

async function stream(events: WatchStream, response: ServerResponse, gone: AbortSignal): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  for await (const event of events) {
    if (gone.aborted) return;
    const taken = response.write(`{"type":"${event.type}","object":${objectJson(event.object)}}\n`);
    if (!taken) await once(response, 'drain', { signal: gone }).catch(() => events.end());
  }
  response.end();
}
