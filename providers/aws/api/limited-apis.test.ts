import { expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import { noMetrics, type Metrics } from '../../../src/metrics.ts';
import type { Ec2Api } from './ec2.ts';
import type { ElbApi } from './elb.ts';
import { limitedEc2 } from './limited-ec2.ts';
import { limitedElb } from './limited-elb.ts';
import { ApiLimiter } from './limiter.ts';
import { ec2Operations, elbOperations, mutates, type Operation } from './operations.ts';

type Method = (...args: readonly unknown[]) => Promise<unknown>;
type Methods = Readonly<Record<string, Method>>;
const options = { signal: new AbortController().signal };

/** Answers each method with its name and what it was given. */
const echo = (names: readonly string[]): Methods =>
  Object.fromEntries(names.map((name) => [name, (...args: readonly unknown[]) => Promise.resolve([name, ...args])]));

function rig(operations: Readonly<Record<string, Operation>>, wrap: (api: Methods, gate: Parameters<typeof limitedElb>[1]) => object) {
  const counted: string[] = [];
  const limiter = new ApiLimiter(new ManualClock());
  const count: Metrics['count'] = (_name, { operation, result } = {}) => void counted.push(`${operation} ${result}`);
  const gate = { limiter, metrics: { ...noMetrics, count }, provider: 'aws' };
  const limited = wrap(echo(Object.keys(operations)), gate) as Methods;
  return { counted, limiter, limited };
}

const rows = [
  ...Object.entries(elbOperations).map(([name, operation]) => ({ name, operation, of: 'elb' as const })),
  ...Object.entries(ec2Operations).map(([name, operation]) => ({ name, operation, of: 'ec2' as const })),
];
const rigOf = (of: 'elb' | 'ec2') =>
  of === 'elb'
    ? rig(elbOperations, (api, gate) => limitedElb(api as unknown as ElbApi, gate))
    : rig(ec2Operations, (api, gate) => limitedEc2(api as unknown as Ec2Api, gate));

/** As many arguments as the longest method has; the options are the last that the method declares. */
const argumentsOf = (method: Method): readonly unknown[] => [
  ...Array.from({ length: method.length - 1 }, (_, index) => `argument ${index}`),
  options,
];

it.each(rows)('$of.$name asks for $operation.action with what it is given', async ({ name, operation, of }) => {
  const { counted, limited } = rigOf(of);
  const method = limited[name] as Method;
  const given = argumentsOf(method);

  expect(await method(...given)).toEqual([name, ...given.slice(0, -1), { ...options, beforeNext: expect.any(Function) as unknown }]);
  expect(counted).toEqual([`${operation.action} ok`]);
});

it.each(rows.filter(({ operation }) => mutates(operation)))('$of.$name is held when its class is', async ({ name, operation, of }) => {
  const { counted, limiter, limited } = rigOf(of);
  const method = limited[name] as Method;
  for (let count = 0; count < 20; count++) await limiter.take(operation.counts, options.signal);
  // So many that no further one is served within two seconds.
  for (let count = 0; count < 8; count++) void limiter.take(operation.counts, options.signal).catch(() => undefined);

  await expect(method(...argumentsOf(method))).rejects.toMatchObject({ code: 'CloudThrottled' });
  expect(counted).toEqual([]);
});

it('reads are what changes nothing', () => {
  const reads = rows.filter(({ operation }) => !mutates(operation)).map(({ operation }) => operation.action);

  expect(reads.filter((action) => !action.startsWith('Describe'))).toEqual([]);
  expect(rows.filter(({ operation }) => mutates(operation) && operation.action.startsWith('Describe'))).toEqual([]);
});
