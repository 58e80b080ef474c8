/**
 * The toy cloud as a process of its own, so that every controller reaches the same one by HTTP on loopback. It counts what
 * reaches it and lets each call take its time. Prints its URL; ends with its input.
 *
 *   GET    /clusters/C/load-balancers?after=N&limit=N       everything with the marks of cluster C, in pages
 *   GET    /clusters/C/load-balancers/KEY                   one
 *   PUT    /clusters/C/load-balancers/KEY                   makes it, or makes it so
 *   PUT    /clusters/C/load-balancers/KEY/members           a list of names of nodes
 *   PUT    /clusters/C/load-balancers/KEY/listeners/NAME    one listener, or null
 *   POST   /clusters/C/load-balancers/KEY/release           takes the marks off
 *   DELETE /clusters/C/load-balancers/KEY
 *   GET    /counts    POST /counts/reset    POST /latency?ms=N    GET /load-balancers      for whoever watches; not counted
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep, systemClock } from '../../../src/clock.ts';
import { clusterMark } from '../../../src/model/owner.ts';
import { CallCounts } from './call-counts.ts';
import { emptyToyState, ToyCloud, type ToyListener, type ToyLoadBalancer, type ToyOwner, type ToyWish } from './toy-cloud.ts';

let changes = 0;
const cloud = new ToyCloud(emptyToyState, () => changes++);
const counts = new CallCounts();
let latencyMs = 0;

type Answer = { readonly status: 200; readonly body: unknown } | { readonly status: 404 };
const found = (body: ToyLoadBalancer | undefined): Answer => (body === undefined ? { status: 404 } : { status: 200, body });

/** One call of a controller: what it is called when it is counted, and what it does. */
interface Call {
  readonly verb: string;
  readonly mutates: boolean;
  readonly key?: string;
  run(body: string): Answer;
}

function callOf(
  method: string,
  [, clusters, cluster = '', , key, part, name = '']: readonly string[],
  query: URLSearchParams,
): Call | undefined {
  if (clusters !== 'clusters') return undefined;
  if (key === undefined) return { verb: 'list', mutates: false, run: () => page(cluster, query) };
  const owner: ToyOwner = { cluster, key };
  const write = { mutates: true, key };
  switch (`${method} ${part ?? ''}`) {
    case 'GET ':
      return { verb: 'get', mutates: false, run: () => found(cloud.get(owner)) };
    case 'PUT ':
      return { verb: 'put', ...write, run: (body) => found(cloud.put(owner, JSON.parse(body) as ToyWish)) }; // both clients are ours
    case 'PUT members':
      return { verb: 'put members', ...write, run: (body) => found(cloud.setMembers(owner, JSON.parse(body) as string[])) }; // as above
    case 'PUT listeners':
      return {
        verb: 'put listener',
        ...write,
        run: (body) => found(cloud.setListener(owner, name, JSON.parse(body) as ToyListener | null)),
      }; // as above
    case 'POST release':
      return { verb: 'release', ...write, run: () => found(cloud.release(owner)) };
    case 'DELETE ':
      return { verb: 'delete', ...write, run: () => (cloud.delete(owner) ? { status: 200, body: {} } : { status: 404 }) };
    default:
      return undefined;
  }
}

function page(cluster: string, query: URLSearchParams): Answer {
  const [after, limit] = [Number(query.get('after') ?? '0'), Number(query.get('limit') ?? '500')];
  const own = cloud.all().filter(({ marks }) => marks[clusterMark] === cluster);
  const next = after + limit < own.length ? { next: String(after + limit) } : {};
  return { status: 200, body: { items: own.slice(after, after + limit), ...next } };
}

/** What is asked by whoever watches; undefined where it is none of these. */
function watcher(method: string, path: string, query: URLSearchParams): unknown {
  switch (`${method} ${path}`) {
    case 'GET /counts':
      return counts.told(cloud.all());
    case 'POST /counts/reset':
      counts.reset();
      return {};
    case 'POST /latency':
      latencyMs = Number(query.get('ms'));
      return {};
    case 'GET /load-balancers':
      return cloud.all();
    default:
      return undefined;
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://toy');
  const method = request.method ?? 'GET';
  const told = watcher(method, pathname, searchParams);
  if (told !== undefined) {
    send(response, { status: 200, body: told });
    return;
  }
  const call = callOf(method, pathname.split('/').map(decodeURIComponent), searchParams);
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += String(part);
  if (call === undefined) {
    response.writeHead(400).end(`${method} ${pathname} is no call`);
    return;
  }
  const done = counts.begin(call.verb, call.mutates);
  if (latencyMs > 0) await sleep(systemClock, latencyMs);
  const before = changes;
  const result = call.run(body);
  done(changes !== before ? call.key : undefined);
  send(response, result);
}

function send(response: ServerResponse, result: Answer): void {
  if (result.status === 404) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result.body));
}

const server = createServer((request, response) => {
  answer(request, response).catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown)}\n`);
    response.destroy();
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo; // a TCP server that listens has one
process.stdout.write(`http://127.0.0.1:${port}\n`);
process.stdin.resume().once('end', () => process.exit(0));
