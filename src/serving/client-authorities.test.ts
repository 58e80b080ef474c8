import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reviewApi } from '../../test/fixtures/review-api.ts';
import { ManualClock } from '../clock.ts';
import { KubeClient } from '../kube/client.ts';
import { authoritiesOfCluster, authoritiesOfFile } from './client-authorities.ts';

const tls = join(import.meta.dirname, '../../test/fixtures/tls');
const pem = (name: string): string => readFileSync(join(tls, name), 'utf8').trim();
const forever = new AbortController().signal;

function cluster(authorities?: string) {
  const api = reviewApi();
  api.authorities = authorities;
  return { api, read: () => authoritiesOfCluster(new KubeClient({ transport: api, clock: new ManualClock() })).read(forever) };
}

it('the cluster says who may vouch, in one bundle', async () => {
  expect(await cluster(`# ours\n${pem('authority.crt')}\n\n${pem('other-authority.crt')}\n`).read()).toEqual([
    pem('authority.crt'),
    pem('other-authority.crt'),
  ]);
});

it('a cluster that says nothing about it vouches for nobody', async () => {
  expect(await cluster(undefined).read()).toEqual([]);
  expect(await cluster('').read()).toEqual([]);
});

it('a bundle is good as a whole or not at all', async () => {
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';

  await expect(cluster(`${pem('authority.crt')}\n${broken}`).read()).rejects.toMatchObject({ code: 'InvalidObject' });
  await expect(cluster('no certificate').read()).rejects.toMatchObject({ code: 'InvalidObject' });
});

it('a lookup that fails says what to do', async () => {
  const { api, read } = cluster('x');
  api.trouble = 'forbidden';
  await expect(read()).rejects.toMatchObject({
    code: 'ApiForbidden',
    remedy: expect.stringContaining('extension-apiserver-authentication-reader'),
  });
  api.trouble = 'down';
  await expect(read()).rejects.toMatchObject({ code: 'ApiUnavailable' });
});

it('a file must be there and hold certificates', async () => {
  const read = (name: string) => authoritiesOfFile(join(tls, name)).read(forever);

  expect(await read('authority.crt')).toEqual([pem('authority.crt')]);
  await expect(read('none.crt')).rejects.toMatchObject({ code: 'InvalidFlag', field: '--client-ca-file' });
  await expect(read('a.key')).rejects.toMatchObject({ code: 'InvalidFlag' });
});
