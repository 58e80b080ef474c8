import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';

/** Amazon's SDK is CommonJS to Node: what was loaded of it is in this cache. */
const loaded = (): readonly string[] =>
  Object.keys(createRequire(import.meta.url).cache).filter((file) => /[\\/]@(aws-sdk|smithy)[\\/]/.test(file));

test("nothing of Amazon's SDK is loaded before a provider of this kind starts", async () => {
  const { providers } = await import('../registry.ts');
  await Promise.all(Object.values(providers).map((kind) => kind.load()));
  const { connectToAmazon } = await import('./api/amazon.ts');
  expect(loaded()).toEqual([]);

  const amazon = await connectToAmazon({ region: 'eu-west-1' }, systemClock);
  amazon.close();

  expect(loaded().length).toBeGreaterThan(2);
});
