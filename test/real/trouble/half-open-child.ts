/**
 * In a network of its own (`unshare --net`): follows an API server, lets the firewall swallow every packet of the connection it
 * has, changes something, and says after how many milliseconds that was noticed. The API server is reachable all the time, by
 * any other connection.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../../src/clock.ts';
import { EmbeddedApi } from '../../../src/embedded/api.ts';
import { serveHttp } from '../../../src/embedded/http-door.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { connect } from '../../../src/kube/connection.ts';
import { allNodes } from '../../../src/kube/paths.ts';
import { projectNode } from '../../../src/kube/projection.ts';
import { Reflector } from '../../../src/kube/reflector.ts';
import { Store } from '../../../src/kube/store.ts';
import { silentLog } from '../../../src/log.ts';
import { noMetrics } from '../../../src/metrics.ts';
import type { NodeView } from '../../../src/model/service-view.ts';

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const api = new EmbeddedApi({ clock: systemClock });
const door = await serveHttp(api, { host: '127.0.0.1', port: 0 });
const { transport } = await connect({ server: door.url }, {});
const client = new KubeClient({ transport, clock: systemClock });
const store = new Store<NodeView>(silentLog);
const parts = { client, store, clock: systemClock, log: silentLog, metrics: noMetrics, random: Math.random };
const stop = new AbortController();
const running = new Reflector({ ...parts, path: allNodes, resource: 'nodes', project: projectNode }).run(stop.signal);
await new Promise<void>((resolve) => store.onSynced(resolve));

const hex = door.port.toString(16).toUpperCase().padStart(4, '0');
/** The client's ends of its connections, out of `/proc/net/tcp`: local and remote `address:port` are its 2nd and 3rd column. */
const ports = readFileSync('/proc/net/tcp', 'utf8')
  .split('\n')
  .map((line) => line.trim().split(/\s+/))
  .filter(([, , remote]) => remote?.endsWith(`:${hex}`) === true)
  .map(([, local]) => Number.parseInt(local?.split(':')[1] ?? '', 16))
  .filter((port) => port > 0);
const set = `{ ${ports.join(', ')} }`;
const rules = ['type filter hook input priority 0', `tcp sport ${set} drop`, `tcp dport ${set} drop`];
execFileSync('nft', ['-f', '-'], { input: `table inet swallow {\nchain in {\n${rules.join('\n')}\n}\n}\n` });

const start = performance.now();
const noticed = new Promise<void>((resolve) => store.onChange(() => resolve()));
const headers = { 'content-type': 'application/json' };
await api.request({
  method: 'POST',
  path: allNodes,
  headers,
  body: JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }),
});
await noticed;
process.stdout.write(`${JSON.stringify({ connections: ports.length, noticedMs: Math.round(performance.now() - start) })}\n`);
stop.abort(new Error('the test is over'));
await running;
process.exit(0);
