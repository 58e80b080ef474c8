import { createServer, type Server } from 'node:http';
import { LbError } from '../../errors.ts';
import type { Health } from '../../health.ts';
import type { MetricsRegistry } from '../../metrics.ts';

export interface Serving {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `/healthz` (and `/livez`), `/readyz`, `/metrics` over plain HTTP.
 * @throws LbError `AddressTaken` where the address cannot be had.
 */
export async function serve(address: string, port: number, health: Health, metrics: MetricsRegistry): Promise<Serving> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    const answer = (status: number, type: string, body: string) => void response.writeHead(status, { 'content-type': type }).end(body);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'text/plain', 'only GET\n');
    if (path === '/metrics') {
      metrics.text().then(
        (text) => answer(200, 'text/plain; version=0.0.4', text),
        () => answer(500, 'text/plain', 'metrics could not be collected\n'),
      );
      return;
    }
    const kind = path === '/readyz' ? 'ready' : path === '/healthz' || path === '/livez' ? 'live' : undefined;
    if (kind === undefined) return answer(404, 'text/plain', 'there are /healthz, /readyz and /metrics\n');
    const { good, text } = health.probe(kind);
    answer(good ? 200 : 503, 'text/plain', text);
  });
  await listen(server, address, port);
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code ?? 'unknown'})`;
      reject(new LbError('AddressTaken', `serving.address ${address} port ${port} ${why}`, { cause: error, field: 'serving.port' }));
    });
    server.listen(port, address, resolve);
  });
}
