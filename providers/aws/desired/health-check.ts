import { nearest } from '../../../src/settings/nearest.ts';
import type { Listener } from '../../../src/model/spec.ts';
import type { ElbHealthCheck } from '../api/elb.ts';
import type { HealthSettings } from '../settings/settings.ts';
import { didYouMean, noteIdle, refuseSetting, type Findings } from './findings.ts';
import type { MergedListener } from './listeners.ts';

const kubeProxyPort = '10256';
const trafficPort = 'traffic-port';

/** Of a question to the node's own health server: quick, because it answers for all that stands behind it. */
const asking = {
  protocol: 'HTTP',
  path: '/healthz',
  intervalSeconds: 10,
  timeoutSeconds: 6,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
} as const;
const connecting = { protocol: 'TCP', intervalSeconds: 10, timeoutSeconds: 10, healthyThreshold: 3, unhealthyThreshold: 3 } as const;

/** What Amazon allows. */
const bounds = {
  healthCheckInterval: [5, 300],
  healthCheckTimeout: [2, 120],
  healthCheckHealthyThreshold: [2, 10],
  healthCheckUnhealthyThreshold: [2, 10],
} as const;

/**
 * How the targets of a listener are probed. What nobody sets follows from the Service: Local asks the health check node port,
 * Cluster tries the node port itself, or where that is UDP only, kube-proxy. With the PROXY protocol, Amazon begins its probes
 * with the header, too, which no HTTP server of kube-proxy understands: then the node port is tried, which a node without a
 * ready endpoint does not answer under Local. Each setting replaces one field.
 */
export function healthCheckOf(
  listener: MergedListener,
  all: readonly Listener[],
  settings: HealthSettings,
  proxyProtocol: boolean,
  findings: Findings,
): ElbHealthCheck {
  const said = settings.healthCheckProtocol;
  const base = said === undefined || said === 'TCP' ? implied(listener, settings, proxyProtocol) : unproxied(listener, settings);
  const protocol = said ?? base.protocol;
  const port = settings.healthCheckPort === undefined ? base.port : portOf(settings.healthCheckPort, all, findings);
  const intervalSeconds = within('healthCheckInterval', settings, base.intervalSeconds, findings);
  const check = {
    protocol,
    port,
    intervalSeconds,
    timeoutSeconds: timeoutOf(settings, Math.min(base.timeoutSeconds, intervalSeconds), intervalSeconds, findings),
    healthyThreshold: within('healthCheckHealthyThreshold', settings, base.healthyThreshold, findings),
    unhealthyThreshold: within('healthCheckUnhealthyThreshold', settings, base.unhealthyThreshold, findings),
  };
  noteUnanswered(listener, check, proxyProtocol, findings);
  if (protocol === 'TCP') {
    for (const setting of ['healthCheckPath', 'healthCheckSuccessCodes'] as const)
      if (settings[setting] !== undefined) noteIdle(findings, setting, 'a health check by TCP has none');
    return check;
  }
  return { ...check, path: pathOf(settings, base.path, findings), matcher: matcherOf(settings, findings) };
}

type Base = Omit<ElbHealthCheck, 'matcher'>;

function implied(listener: MergedListener, settings: HealthSettings, proxyProtocol: boolean): Base {
  const base = unproxied(listener, settings);
  if (!proxyProtocol || base.protocol === 'TCP') return base;
  // A bare connection is what is left for a UDP port: it says that kube-proxy runs, whatever it would answer.
  return { ...connecting, port: listener.targetProtocol === 'UDP' ? base.port : trafficPort };
}

function unproxied({ targetProtocol, of: [listener] }: MergedListener, settings: HealthSettings): Base {
  if (listener.healthCheck.kind === 'local') return { ...asking, port: String(listener.healthCheck.port) };
  if (settings.healthCheckOfKubeProxy || targetProtocol === 'UDP') return { ...asking, port: kubeProxyPort };
  return { ...connecting, port: trafficPort };
}

function portOf(said: string, all: readonly Listener[], findings: Findings): string {
  if (said === trafficPort) return said;
  if (/^\d+$/.test(said)) {
    if (Number(said) < 1 || Number(said) > 65_535) refuseSetting(findings, 'healthCheckPort', `${said} is no port number`);
    return String(Number(said));
  }
  const named = all.find(({ name }) => name === said && name !== '');
  if (named !== undefined) return String(named.nodePort);
  const known = [trafficPort, ...all.flatMap(({ name }) => (name === '' ? [] : [name]))];
  refuseSetting(
    findings,
    'healthCheckPort',
    `${JSON.stringify(said)} is neither a number nor a port of the Service; ${didYouMean(nearest(said, known), known)}`,
  );
  return said;
}

function within(setting: keyof typeof bounds, settings: HealthSettings, otherwise: number, findings: Findings): number {
  const value = settings[setting];
  if (value === undefined) return otherwise;
  const [least, most] = bounds[setting];
  if (!Number.isInteger(value) || value < least || value > most)
    refuseSetting(findings, setting, `${value} is not a whole number from ${least} to ${most}`);
  return value;
}

function timeoutOf(settings: HealthSettings, otherwise: number, interval: number, findings: Findings): number {
  const timeout = within('healthCheckTimeout', settings, otherwise, findings);
  if (timeout > interval)
    refuseSetting(findings, 'healthCheckTimeout', `a timeout of ${timeout} s is longer than the interval of ${interval} s`);
  return timeout;
}

function pathOf({ healthCheckPath: path }: HealthSettings, otherwise: string | undefined, findings: Findings): string {
  if (path !== undefined && (!path.startsWith('/') || path.length > 1024))
    refuseSetting(findings, 'healthCheckPath', `${JSON.stringify(path)} does not begin with /, or has more than 1024 characters`);
  return path ?? otherwise ?? '/';
}

function matcherOf({ healthCheckSuccessCodes: codes = '200-399' }: HealthSettings, findings: Findings): string {
  if (!codes.split(',').every(isCodeRange))
    refuseSetting(findings, 'healthCheckSuccessCodes', `${JSON.stringify(codes)} is not like 200, 200,204 or 200-399, of 200 to 599`);
  return codes;
}

function isCodeRange(text: string): boolean {
  const [, first, last = first] = /^([2-5]\d\d)(?:-([2-5]\d\d))?$/.exec(text) ?? [];
  return first !== undefined && last !== undefined && first <= last;
}

/** Says of a health check that was asked for, or is all there is, that it cannot tell what it should. */
function noteUnanswered(
  { targetProtocol, of: [listener] }: MergedListener,
  { protocol, port }: { protocol: string; port: string },
  proxyProtocol: boolean,
  findings: Findings,
): void {
  if (proxyProtocol && protocol !== 'TCP') {
    noteIdle(
      findings,
      'healthCheckProtocol',
      `with the PROXY protocol, health checks of ${listener.id} by ${protocol} begin with its header: what answers them must understand it, and kube-proxy does not`,
    );
  } else if (targetProtocol === 'UDP' && port === trafficPort) {
    noteIdle(findings, 'healthCheckPort', `${listener.id} is UDP, and health checks on its node port come by TCP: no node will answer`);
  } else if (targetProtocol === 'UDP' && proxyProtocol && listener.trafficPolicy === 'Local' && port !== String(listener.nodePort)) {
    noteIdle(
      findings,
      'proxyProtocol',
      `with the PROXY protocol, health checks of ${listener.id} cannot tell nodes without endpoints apart`,
    );
  }
}
