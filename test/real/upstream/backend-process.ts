import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ToyCounts } from './call-counts.ts';
import type { ToyLoadBalancer } from './toy-cloud.ts';

/** The toy cloud, running in a process of its own that ends with this one. */
export interface ToyBackend {
  readonly url: string;
  counts(): Promise<ToyCounts>;
  /** Counts from now on. */
  reset(): Promise<void>;
  /** How long each call takes from now on, in milliseconds. */
  latency(ms: number): Promise<void>;
  loadBalancers(): Promise<readonly ToyLoadBalancer[]>;
  close(): Promise<void>;
}

export async function startToyBackend(): Promise<ToyBackend> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'toy-backend.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said: unknown[] = await Promise.race([once(child.stdout, 'data'), ended]);
  const url = String(said[0]).trim();
  if (!url.startsWith('http://')) throw new Error(`the toy backend ended with ${url}`);
  const ask = async <T>(method: string, path: string): Promise<T> => {
    const answer = await fetch(`${url}${path}`, { method });
    if (!answer.ok) throw new Error(`${method} ${path} of the toy backend answered ${answer.status}`);
    return (await answer.json()) as T; // toy-backend.ts answers it
  };
  return {
    url,
    counts: () => ask<ToyCounts>('GET', '/counts'),
    reset: async () => void (await ask('POST', '/counts/reset')),
    latency: async (ms) => void (await ask('POST', `/latency?ms=${ms}`)),
    loadBalancers: () => ask<readonly ToyLoadBalancer[]>('GET', '/load-balancers'),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
