import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectToAmazon, type Amazon } from '../../../providers/aws/api/amazon.ts';
import { systemClock } from '../../../src/clock.ts';
import { realSuite } from '../real-suite.ts';
import { answersOf, differing } from './answers.ts';
import { differences } from './differences.ts';
import { missingForMoto, startMoto, type Moto } from './moto.ts';
import { expectPage } from './moto-page.ts';
import { requests } from './requests.ts';
import { credentials, region, seedCloud, type SeededCloud } from './seed.ts';
import { simulatedTwin } from './simulated-twin.ts';

realSuite('Amazon in memory and moto', missingForMoto(), () => {
  let moto: Moto;
  let amazon: Amazon;
  let seeded: SeededCloud;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    moto = await startMoto();
    amazon = await connectToAmazon({ region, endpoint: moto.url }, systemClock);
    seeded = await seedCloud(moto.url, { clusterName: 'one', instances: 3, addresses: 1, certificates: 2 });
  });
  afterAll(async () => {
    amazon.close();
    await moto.stop();
    vi.unstubAllEnvs();
  });

  test('answer the same but for what is listed', { timeout: 120_000 }, async () => {
    expect(new Set(requests.map(({ title }) => title)).size).toBe(requests.length);
    const twin = await simulatedTwin(amazon, seeded);
    const strict = await answersOf({ ...twin, seeded }, requests);
    const real = await answersOf({ ...amazon, seeded }, requests);

    const found = strict.flatMap(({ title, outcome }, index) => {
      const other = real[index] ?? expect.fail('not all were asked');
      const at = differing(outcome, other.outcome);
      return at.length === 0 ? [] : [{ title, at, memory: outcome, moto: other.outcome }];
    });
    const listed = (title: string) => differences[title]?.at ?? [];
    expect(found.filter(({ title, at }) => at.join() !== listed(title).join())).toEqual([]);
    expect(Object.keys(differences).filter((title) => !found.some((one) => one.title === title))).toEqual([]);
    await expectPage(requests);
  });

  test('lists that take several pages are read to their end', { timeout: 120_000 }, async () => {
    const subnets = [{ subnetId: seeded.subnets[0]?.id ?? '' }];
    const options = { signal: new AbortController().signal };
    const asked = { scheme: 'internal', ipAddressType: 'ipv4', subnets, securityGroups: [], tags: { one: '1' } } as const;
    const names = Array.from({ length: 401 }, (_, index) => `p-many-${index}`);
    for (const name of names) await amazon.elb.createLoadBalancer({ ...asked, name }, options);
    let further = 0;
    const beforeNext = () => Promise.resolve(void (further += 1));

    const all = await amazon.elb.loadBalancers({ ...options, beforeNext });

    expect(names.filter((name) => all.every((one) => one.name !== name))).toEqual([]);
    expect(further).toBe(1);
  });
});
