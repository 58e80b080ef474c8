import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-empty-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

interface RunningDemo {
  readonly server: string;
  readonly kubeconfig: string;
  /** As Ctrl-C does; its exit code. */
  readonly end: () => Promise<number>;
}

/** The demo as a user starts it, when it says that it is up. */
async function demo(name: string): Promise<RunningDemo> {
  const kubeconfig = join(folder, name);
  const child = spawn(process.execPath, ['bin/portolan.mjs', 'demo', '--empty', '--kubeconfig', kubeconfig], { stdio: 'pipe' });
  children.push(child);
  const exit = once(child, 'exit') as Promise<[number]>; // what the event carries
  const up = new Promise<void>((resolve) => {
    let heard = '';
    child.stdout.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.includes('stays up until Ctrl-C')) resolve();
    });
  });
  await Promise.race([up, exit.then(([code]) => Promise.reject(new Error(`the demo ended with ${code}`)))]);
  const { clusters } = parse(await readFile(kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] }; // a kubeconfig
  return {
    server: clusters[0]?.cluster.server ?? '',
    kubeconfig,
    end: async () => {
      child.kill('SIGINT');
      return (await exit)[0];
    },
  };
}

interface Service {
  status?: { loadBalancer?: { ingress?: { ip: string }[] } };
}

/** Applies a Service and waits for its address. */
async function addressOf(server: string, name: string, spec: object): Promise<string> {
  const path = `${server}/api/v1/namespaces/default/services`;
  const manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { type: 'LoadBalancer', selector: { app: name }, ...spec },
  };
  const headers = { 'content-type': 'application/json' };
  const created = await fetch(path, { method: 'POST', headers, body: JSON.stringify(manifest) });
  expect(created.status).toBe(201);
  const watch = await fetch(`${path}?watch=true&fieldSelector=metadata.name%3D${name}`);
  let heard = '';
  for await (const chunk of watch.body ?? []) {
    heard += Buffer.from(chunk).toString();
    const lines = heard.split('\n');
    heard = lines.pop() ?? '';
    for (const line of lines) {
      const { object } = JSON.parse(line) as { object: Service }; // a watch event
      const address = object.status?.loadBalancer?.ingress?.[0]?.ip;
      if (address !== undefined) return address;
    }
  }
  throw new Error('the watch ended before there was an address');
}

async function nodeByTcp(address: string, port: number): Promise<string> {
  const socket = connect(port, address);
  socket.end('hello\n');
  return nodeIn(await text(socket));
}

async function nodeByUdp(address: string, port: number): Promise<string> {
  const socket = createSocket('udp4');
  try {
    socket.connect(port, address, () => socket.send('hello'));
    const [answer] = (await once(socket, 'message')) as [Buffer]; // what the event carries
    return nodeIn(answer.toString());
  } finally {
    socket.close();
  }
}

const nodeIn = (answer: string): string => (JSON.parse(answer.split('\n', 1)[0] ?? '') as { node: string }).node; // what toy nodes say

/** Who answers `count` requests, one after the other. */
async function nodesOf(ask: () => Promise<string>, count: number): Promise<readonly string[]> {
  const nodes = new Set<string>();
  for (let request = 0; request < count; request++) nodes.add(await ask());
  return [...nodes].sort();
}

const both = (port: number) => [
  { name: 'tcp', protocol: 'TCP', port },
  { name: 'udp', protocol: 'UDP', port },
];
const all = ['node-1', 'node-2', 'node-3'];

describe('`demo --empty`', () => {
  it('gives Services of anybody an address that carries their traffic, and leaves nothing behind', async () => {
    const { server, kubeconfig, end } = await demo('kubeconfig');

    const address = await addressOf(server, 'mine', { ports: both(18053) });

    expect(await nodesOf(() => nodeByTcp(address, 18053), 6)).toEqual(all);
    expect(await nodesOf(() => nodeByUdp(address, 18053), 6)).toEqual(all);
    expect(await end()).toBe(0);
    await expect(access(kubeconfig)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nodeByTcp(address, 18053)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  }, 30_000);

  it('runs beside another one; neither knows of the other', async () => {
    const [one, two] = await Promise.all([demo('one'), demo('two')]);
    const [first, second] = await Promise.all([one, two].map(({ server }) => addressOf(server, 'mine', { ports: both(18053) })));

    expect(first).not.toBe(second);
    await one.end();

    expect(await nodesOf(() => nodeByTcp(second ?? '', 18053), 6)).toEqual(all);
    await two.end();
  }, 30_000);
});
