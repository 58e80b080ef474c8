import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startLoadingBed, type LoadingBed } from './fixtures/loading-bed.ts';
import { root } from './import-lines.ts';

const program = join(root, 'bin/portolan.mjs');
const services = '/api/v1/namespaces/default/services';
const isSdk = (url: string): boolean => /\/node_modules\/@(aws-sdk|smithy)\//.test(url);

let bed: LoadingBed;
beforeAll(async () => {
  bed = await startLoadingBed();
});
afterAll(() => bed[Symbol.asyncDispose]());

test.concurrent('a controller that serves by `local` alone loads nothing of Amazon', async () => {
  const { args, options, loaded } = await bed.controller(program, 'local');
  const child = spawn(process.execPath, args, { ...options, stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    const spec = { type: 'LoadBalancer', ports: [{ port: 8081 }] };
    await post(services, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });
    const service = async () => await (await fetch(`${bed.url}${services}/web`)).text();
    await vi.waitFor(async () => expect(await service()).toContain('"ip":"127.80.7.'), 15_000);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  const urls = await loaded();

  expect(urls.filter((url) => url.includes('/providers/local/')).length).toBeGreaterThan(10);
  expect(urls.filter((url) => isSdk(url) || url.includes('/providers/aws/'))).toEqual([]);
});

test.concurrent('one that serves by `aws` does', async () => {
  const { check, loaded } = await bed.controller(program, 'aws');

  await check();

  expect((await loaded()).filter(isSdk).length).toBeGreaterThan(10);
});

async function post(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(bed.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(status).toBe(201);
}
