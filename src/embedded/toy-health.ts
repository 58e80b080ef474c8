import type { ToySocket } from './toy-table.ts';

export interface HealthAnswer {
  readonly status: 200 | 404 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * kube-proxy's two health servers. On a healthCheckNodePort: 200 where a local ready endpoint is, else 503, with the
 * count in the body and in `X-Load-Balancing-Endpoint-Weight` (contract I3). On 10256: `/healthz` is 503 once the node
 * is about to go, `/livez` never minds (contract I5).
 */
export function healthAnswer(
  socket: Extract<ToySocket, { kind: 'service-health' | 'proxy-health' }>,
  path: string,
  now: string,
): HealthAnswer {
  if (socket.kind === 'service-health') {
    const { service, localEndpoints } = socket;
    const headers = { 'X-Load-Balancing-Endpoint-Weight': String(localEndpoints) };
    return json(localEndpoints > 0 ? 200 : 503, { service, localEndpoints, serviceProxyHealthy: true }, headers);
  }
  const nodeState = { lastUpdated: now, currentTime: now };
  if (path === '/livez') return json(200, nodeState);
  if (path !== '/healthz') return { status: 404, headers: { 'Content-Type': 'text/plain' }, body: '404 page not found\n' };
  return json(socket.eligible ? 200 : 503, { ...nodeState, nodeEligible: socket.eligible });
}

function json(status: 200 | 503, body: unknown, headers: Readonly<Record<string, string>> = {}): HealthAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff', ...headers },
    body: JSON.stringify(body),
  };
}
