import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import type { Reason } from '../../../../src/reasons.ts';
import { emptyToyState, ToyCloud, type ToyLoadBalancer, type ToyOwner, type ToyState } from '../toy-cloud.ts';
import type { Operation } from './operation.ts';

/** An answer that says no, as the protocol carries it. */
export class Refused extends Error {
  readonly code: Reason;

  constructor(code: Reason, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The toy cloud as the provider reaches it. @throws Refused */
export interface Place {
  get(owner: ToyOwner): Promise<ToyLoadBalancer | undefined>;
  page(cluster: string, after: number): Promise<{ readonly items: readonly ToyLoadBalancer[]; readonly next?: string }>;
  /** What there is of this owner afterwards. Doing what is done already is success, but what is not there cannot be changed. */
  change(owner: ToyOwner, operation: Operation): Promise<ToyLoadBalancer | undefined>;
  close(): void;
}

/** The cloud of one folder, for the conformance kit: whoever is killed leaves the old state or the new one. */
export function sandbox(folder: string): Place {
  const file = join(folder, 'toy-cloud.json');
  const cloud = new ToyCloud(readState(file), () => {
    writeFileSync(`${file}.new`, JSON.stringify(cloud.state()));
    renameSync(`${file}.new`, file);
  });
  return {
    get: (owner) => Promise.resolve(cloud.get(owner)),
    page: () => Promise.resolve({ items: cloud.all() }),
    async change(owner, operation) {
      const now = cloud.get(owner);
      if (now === undefined && operation.do !== 'put' && operation.do !== 'delete') throw notThere(owner);
      return changed(cloud, owner, operation);
    },
    close: () => {},
  };
}

function changed(cloud: ToyCloud, owner: ToyOwner, operation: Operation): ToyLoadBalancer | undefined {
  switch (operation.do) {
    case 'put':
      return cloud.put(owner, operation.wish);
    case 'members':
      return cloud.setMembers(owner, operation.members);
    case 'listener':
      return cloud.setListener(owner, operation.name, operation.listener);
    case 'release':
      cloud.release(owner);
      return undefined;
    case 'delete':
      cloud.delete(owner);
      return undefined;
  }
}

function readState(file: string): ToyState {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ToyState; // written above
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return emptyToyState;
    throw thrown;
  }
}

/** The toy backend. One operation is one call. */
export function overHttp(url: string): Place {
  const agent = new Agent({ keepAlive: true });
  const balancerOf = ({ cluster, key }: ToyOwner): string =>
    `/clusters/${encodeURIComponent(cluster)}/load-balancers/${encodeURIComponent(key)}`;
  const ask = async (method: string, path: string, body?: unknown): Promise<string | undefined> => {
    const { status, text } = await exchange(agent, method, `${url}${path}`, body === undefined ? undefined : JSON.stringify(body)).catch(
      (thrown: unknown) => {
        throw new Refused(method === 'GET' ? 'CloudUnavailable' : 'OutcomeUnknown', 'the toy backend did not answer', thrown);
      },
    );
    if (status === 404) return undefined;
    if (status !== 200) throw new Refused('CloudUnavailable', `the toy backend answered ${status}`);
    return text;
  };
  return {
    async get(owner) {
      const text = await ask('GET', balancerOf(owner));
      return text === undefined ? undefined : (JSON.parse(text) as ToyLoadBalancer); // toy-backend.ts answers it
    },
    async page(cluster, after) {
      const text = await ask('GET', `/clusters/${encodeURIComponent(cluster)}/load-balancers?after=${after}`);
      return JSON.parse(text ?? '{"items":[]}') as { items: ToyLoadBalancer[]; next?: string }; // as above
    },
    async change(owner, operation) {
      const [method, part, body] = callOf(operation);
      const text = await ask(method, `${balancerOf(owner)}${part}`, body);
      if (operation.do === 'delete') return undefined;
      if (text === undefined) throw notThere(owner);
      return operation.do === 'release' ? undefined : (JSON.parse(text) as ToyLoadBalancer); // as above
    },
    close: () => agent.destroy(),
  };
}

function callOf(operation: Operation): readonly [method: string, part: string, body?: unknown] {
  switch (operation.do) {
    case 'put':
      return ['PUT', '', operation.wish];
    case 'members':
      return ['PUT', '/members', operation.members];
    case 'listener':
      return ['PUT', `/listeners/${encodeURIComponent(operation.name)}`, operation.listener];
    case 'release':
      return ['POST', '/release'];
    case 'delete':
      return ['DELETE', ''];
  }
}

const notThere = ({ key }: ToyOwner): Refused => new Refused('NotFound', `there is no load balancer of ${key}`);

function exchange(agent: Agent, method: string, url: string, body: string | undefined): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, method }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
