import { expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { silentLog } from '../../../src/log.ts';
import { clusterId } from '../../../src/model/ids.ts';
import { clusterMark, keyMark } from '../../../src/model/owner.ts';
import type { ElbLoadBalancer, ElbState } from '../api/elb.ts';
import { Inventory } from './inventory.ts';
import { Provisioning } from './provisioning.ts';

const marks = { [clusterMark]: 'one', [keyMark]: 'service/1' };
const key = 'service/1';

function rig() {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const state = { now: 'provisioning' as ElbState, asked: 0, isThere: true, failing: false };
  const shown = (): ElbLoadBalancer => ({
    arn: 'lb',
    name: 'lb',
    type: 'network',
    scheme: 'internal',
    dnsName: 'lb.example',
    vpcId: 'vpc-1',
    state: state.now,
    ipAddressType: 'ipv4',
    securityGroups: [],
    zones: [],
    createdAt: 0,
  });
  const elb = {
    loadBalancers: () => Promise.resolve(state.isThere ? [shown()] : []),
    loadBalancersByArn: () => {
      state.asked += 1;
      return state.failing ? Promise.reject(new LbError('CloudThrottled', 'slower')) : Promise.resolve(state.isThere ? [shown()] : []);
    },
    targetGroups: () => Promise.resolve([]),
    tags: () => Promise.resolve(new Map([['lb', marks]])),
  };
  const ec2 = { securityGroups: () => Promise.resolve([]) };
  const inventory = new Inventory({ elb, ec2, clock, clusterId: clusterId('one'), vpcId: () => 'vpc-1', settleMs: 30_000, signal });
  const told: string[] = [];
  const changed = (of: string) => void told.push(of);
  const provisioning = new Provisioning({ elb, inventory, clock, log: silentLog, clusterId: clusterId('one'), signal, changed });
  return { clock, state, inventory, provisioning, told };
}

it('asks every 15 seconds until it is ready, and tells once', async () => {
  const { clock, state, inventory, provisioning, told } = rig();
  await inventory.balancing(0);
  provisioning.watch();
  provisioning.watch();

  await clock.advanceAsync(15_000);
  expect([state.asked, told]).toEqual([1, []]);
  state.now = 'active';
  await clock.advanceAsync(15_000);
  expect([state.asked, told]).toEqual([2, [key]]);
  await clock.advanceAsync(60_000);
  expect([state.asked, told, clock.nextDueMs()]).toEqual([2, [key], undefined]);
});

it('tells, too, where a list that was read for another shows it first', async () => {
  const { clock, state, inventory, provisioning, told } = rig();
  await inventory.balancing(0);
  provisioning.watch();
  state.now = 'active';
  clock.advance(1);

  await inventory.balancing(0);
  provisioning.watch();
  await settle();

  expect(told).toEqual([key]);
  await clock.advanceAsync(15_000);
  expect([state.asked, told]).toEqual([0, [key]]);
});

it('asks again where it could not ask', async () => {
  const { clock, state, inventory, provisioning, told } = rig();
  await inventory.balancing(0);
  provisioning.watch();
  state.failing = true;
  await clock.advanceAsync(15_000);
  state.failing = false;
  state.now = 'active';
  await clock.advanceAsync(15_000);
  expect([state.asked, told]).toEqual([2, [key]]);
});

it('lets somebody look where it is not there any more, and asks no more once that is known', async () => {
  const { clock, state, inventory, provisioning, told } = rig();
  await inventory.balancing(0);
  provisioning.watch();
  state.isThere = false;
  await clock.advanceAsync(15_000);
  expect(told).toEqual([key]);
  await inventory.balancing(Number.POSITIVE_INFINITY);
  provisioning.watch();
  await clock.advanceAsync(60_000);
  expect([state.asked <= 2, clock.nextDueMs()]).toEqual([true, undefined]);
});

it('asks nobody after its end', async () => {
  const { clock, state, inventory, provisioning } = rig();
  await inventory.balancing(0);
  provisioning.watch();
  provisioning.close();
  expect([clock.nextDueMs(), state.asked]).toEqual([undefined, 0]);
});
