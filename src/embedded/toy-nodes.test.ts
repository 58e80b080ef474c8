import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../clock.ts';
import { silentLog } from '../log.ts';
import type { JsonObject } from '../model/json.ts';
import type { ToyDoor } from './toy-follow.ts';
import { ToyNodes } from './toy-nodes.ts';
import { socketKey, type ToySocket } from './toy-table.ts';

type Event = { type: string; object: JsonObject };

/** An API of three collections whose watches can be told what to say. */
class Door implements ToyDoor {
  readonly lists: Record<string, JsonObject[]> = {
    '/api/v1/nodes': [],
    '/api/v1/services': [],
    '/apis/discovery.k8s.io/v1/endpointslices': [],
  };
  readonly requests: string[] = [];
  failures = 0;
  #watches = new Map<string, (event: Event | 'end') => void>();

  request({ path }: { path: string }): Promise<{ status: number; body: string }> {
    this.requests.push(path);
    if (this.failures > 0) {
      this.failures--;
      return Promise.resolve({ status: 500, body: '' });
    }
    return Promise.resolve({ status: 200, body: JSON.stringify({ metadata: { resourceVersion: '7' }, items: this.lists[path] }) });
  }

  async *watch(path: string, signal: AbortSignal): AsyncIterable<Event> {
    const queue: (Event | 'end')[] = [];
    let wake = () => {};
    const say = (event: Event | 'end') => {
      queue.push(event);
      wake();
    };
    this.#watches.set(path.split('?', 1)[0] ?? '', say);
    signal.addEventListener('abort', () => say('end'));
    for (;;) {
      const event = queue.shift();
      if (event === 'end') return;
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  say(path: string, event: Event | 'end'): Promise<void> {
    this.#watches.get(path)?.(event);
    return settle();
  }
}

const node = (name: string, address: string): JsonObject => ({
  metadata: { name, uid: `node-${name}` },
  status: { addresses: [{ type: 'InternalIP', address }] },
});
const web = (nodePort: number): JsonObject => ({
  metadata: { name: 'web', namespace: 'shop', uid: 'web' },
  spec: { type: 'NodePort', ports: [{ protocol: 'TCP', port: 80, nodePort }] },
});
const slice: JsonObject = {
  metadata: { name: 'web-1', namespace: 'shop', uid: 'slice', labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: [{ nodeName: 'a' }],
};

/** Sockets that are only written down. */
function notebook() {
  const states = new Map<string, ToySocket>();
  const refused = new Set<string>();
  const open = (socket: ToySocket) => {
    const key = socketKey(socket);
    if (refused.has(key)) return Promise.reject(new Error(`listen EADDRINUSE ${key}`));
    if (states.has(key)) return Promise.reject(new Error(`${key} was opened twice`));
    states.set(key, socket);
    return Promise.resolve({
      update: (next: ToySocket) => void states.set(key, next),
      close: () => Promise.resolve(void states.delete(key)),
    });
  };
  return { states, refused, open, nodePorts: () => [...states.keys()].filter((key) => key.startsWith('node-port')).sort() };
}

const closing: ToyNodes[] = [];
afterEach(async () => {
  for (const toy of closing.splice(0)) await toy.close();
});

async function started() {
  const door = new Door();
  door.lists['/api/v1/nodes'] = [node('a', '127.0.0.1'), node('b', '127.0.0.2')];
  door.lists['/api/v1/services'] = [web(30080)];
  door.lists['/apis/discovery.k8s.io/v1/endpointslices'] = [slice];
  const sockets = notebook();
  const clock = new ManualClock();
  const toy = new ToyNodes({ door, clock, log: silentLog, open: sockets.open });
  closing.push(toy);
  return { door, sockets, clock, toy };
}

describe('toy nodes', () => {
  it('open what the API names, and follow it', async () => {
    const { door, sockets, toy } = await started();
    await toy.start();
    expect(sockets.nodePorts()).toEqual(['node-port TCP 127.0.0.1:30080', 'node-port TCP 127.0.0.2:30080']);

    await door.say('/api/v1/services', { type: 'MODIFIED', object: web(30081) });
    expect(sockets.nodePorts()).toEqual(['node-port TCP 127.0.0.1:30081', 'node-port TCP 127.0.0.2:30081']);

    await door.say('/api/v1/services', { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } });
    await door.say('/api/v1/nodes', { type: 'DELETED', object: node('b', '127.0.0.2') });
    expect([...sockets.states.keys()].sort()).toEqual(['node-port TCP 127.0.0.1:30081', 'proxy-health TCP 127.0.0.1:10256']);

    const moved = { ...slice, endpoints: [{ nodeName: 'a' }, { nodeName: 'b' }] };
    await door.say('/apis/discovery.k8s.io/v1/endpointslices', { type: 'MODIFIED', object: moved });
    expect(sockets.states.get('node-port TCP 127.0.0.1:30081')).toMatchObject({ endpoints: ['a', 'b'] });
  });

  it('list again when a watch ends or expires, and after a failed list', async () => {
    const { door, sockets, clock, toy } = await started();
    door.failures = 1;
    const ready = toy.start();
    await clock.advanceAsync(200);
    await ready;
    expect(door.requests.filter((path) => path === '/api/v1/nodes')).toHaveLength(2);

    door.lists['/api/v1/services'] = [web(30082)];
    await door.say('/api/v1/services', { type: 'ERROR', object: { kind: 'Status', code: 410 } });
    await clock.advanceAsync(200);
    expect(sockets.nodePorts()).toEqual(['node-port TCP 127.0.0.1:30082', 'node-port TCP 127.0.0.2:30082']);

    door.lists['/api/v1/nodes'] = [];
    await door.say('/api/v1/nodes', 'end');
    await clock.advanceAsync(200);
    expect(sockets.states.size).toBe(0);
  });

  it("close one node's node ports for good, but not its health", async () => {
    const { door, sockets, toy } = await started();
    await toy.start();

    await toy.closeNodePorts('a');
    await door.say('/api/v1/services', { type: 'MODIFIED', object: web(30081) });

    expect([...sockets.states.keys()].sort()).toEqual([
      'node-port TCP 127.0.0.2:30081',
      'proxy-health TCP 127.0.0.1:10256',
      'proxy-health TCP 127.0.0.2:10256',
    ]);
  });

  it('name what could not be opened, and try it again with the next change', async () => {
    const { door, sockets, toy } = await started();
    sockets.refused.add('node-port TCP 127.0.0.2:30080');
    await toy.start();
    expect(toy.problems()).toEqual(['b: listen EADDRINUSE node-port TCP 127.0.0.2:30080']);

    sockets.refused.clear();
    await door.say('/api/v1/services', { type: 'MODIFIED', object: web(30080) });

    expect(toy.problems()).toEqual([]);
    expect(sockets.nodePorts()).toHaveLength(2);
  });

  it('close everything, also when the API never answered', async () => {
    const { door, sockets, toy } = await started();
    door.failures = 1_000;
    const ready = toy.start();

    await toy.close();

    await ready;
    expect(sockets.states.size).toBe(0);
  });

  it('keep nothing open after close', async () => {
    const { sockets, toy } = await started();
    await toy.start();
    expect(sockets.states.size).toBe(4);

    await toy.close();

    expect(sockets.states.size).toBe(0);
  });
});
