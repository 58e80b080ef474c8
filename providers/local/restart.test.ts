import { describe, expect, it } from 'vitest';
import { LbError } from '../../src/errors.ts';
import { clusterId } from '../../src/model/ids.ts';
import type { Checkpoint } from '../../src/model/checkpoint.ts';
import { crashAt, gone, ip, listener, member, owner, spec, TestBed } from './test-bed.ts';

const vip = { address: ip('127.80.0.129'), port: 80 };
const one = spec({ members: [member('node-1', '10.0.0.1')] });

/** What is thrown, as data. */
async function failure(of: Promise<unknown>): Promise<string> {
  try {
    await of;
  } catch (error) {
    return error instanceof LbError ? `${error.code}: ${error.text}` : `not ours: ${String(error)}`;
  }
  return 'nothing was thrown';
}

describe('crash and restart', () => {
  it('opens the recorded sockets again, with nothing left to plan and the file byte-equal', async () => {
    const bed = new TestBed();
    await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
    await bed.pass(await bed.start(), one);
    const before = bed.file;
    bed.simulator.crash();
    expect(bed.network.isListening('TCP', vip)).toBe(false);

    const provider = await bed.start();

    const { plan, report } = await bed.pass(provider, one);
    expect(plan).toEqual({ steps: [], refusals: [] });
    expect(report.ingress).toEqual([{ ip: '127.80.0.129', ipMode: 'Proxy' }]);
    expect(bed.file).toBe(before);
    expect(bed.simulator.disk.writes).toBe(1);
    expect(await bed.ask(vip)).toBe('node-1');
  });

  const instants: readonly Checkpoint[] = [
    'state/before-write',
    'state/half-written',
    'state/before-rename',
    'state/after-rename',
    'listen/before',
    'listen/after',
  ];
  it.each(instants)('a create that dies at %s is finished by the next run, once', async (instant) => {
    const bed = new TestBed();
    await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
    const doomed = await bed.start({ host: { checkpoint: crashAt(instant) } });
    await expect(bed.pass(doomed, one)).rejects.toThrow();
    bed.simulator.crash();

    const provider = await bed.start();
    const { again, report } = await bed.pass(provider, one);

    expect(again.steps).toEqual([]);
    expect(report.ingress).toEqual([{ ip: '127.80.0.129', ipMode: 'Proxy' }]);
    expect(await Array.fromAsync(provider.inventory(bed.ctx))).toMatchObject([{ id: 'lb-1', key: one.owner.key, main: true }]);
    expect(await bed.ask(vip)).toBe('node-1');
  });

  it('a write that fails changes nothing, and the next one is whole', async () => {
    const bed = new TestBed();
    const provider = await bed.start();
    bed.simulator.disk.full = true;
    expect(await failure(bed.pass(provider, one))).toBe('CloudUnavailable: state.json cannot be written (ENOSPC)');
    expect(bed.network.isListening('TCP', vip)).toBe(false);

    bed.simulator.disk.full = false;
    expect((await bed.pass(provider, one)).plan.steps).toHaveLength(1);
    expect(JSON.parse(bed.file)).toMatchObject({ loadBalancers: [{ id: 'lb-1' }] });
  });
});

describe('one file, several processes', () => {
  it('is written by one; the second is told which', async () => {
    const bed = new TestBed();
    const first = await bed.start();
    expect(await failure(bed.start())).toContain('StateFileLocked: the state file is in use by process 1000');
    await first.close();
    await bed.start();
  });

  it('is read by others, which bind nothing and claim to know nothing of sockets', async () => {
    const bed = new TestBed();
    await bed.pass(await bed.start(), one);

    const reader = await bed.start({ mode: 'read' });
    const have = await reader.observe(one, { maxAgeMs: 0 }, bed.ctx);

    expect(await reader.plan(one, have)).toEqual({ steps: [], refusals: [] });
    expect(await reader.report(one, have)).toMatchObject({
      ingress: [{ ip: '127.80.0.129' }],
      listeners: [{ id: 'TCP/80', state: 'pending' }],
    });
    expect(await Array.fromAsync(reader.inventory(bed.ctx))).toHaveLength(1);
    const plan = await reader.plan(gone(one.owner), await reader.observe(gone(one.owner), { maxAgeMs: Number.POSITIVE_INFINITY }, bed.ctx));
    const [step] = plan.steps;
    expect(await failure(step === undefined ? Promise.resolve() : reader.apply(step, bed.ctx))).toContain('ProviderBug');
    expect(bed.simulator.disk.writes).toBe(1);
  });

  it('is left alone where it is not understood, and the lock is given back', async () => {
    const bed = new TestBed();
    bed.simulator.disk.files.set('state.json', '{"half":');
    expect(await failure(bed.start())).toContain('StateFileInvalid: state.json is not a state file');
    expect(bed.file).toBe('{"half":');
    bed.simulator.disk.files.delete('state.json');
    await bed.start();
  });

  it("keeps another cluster's load balancer as it is: not served, not listed, its address not given", async () => {
    const bed = new TestBed();
    await bed.pass(await bed.start(), one);
    bed.simulator.crash();
    const second = await bed.start({ host: { clusterId: clusterId('cluster-2') } });
    const want = spec({ owner: owner('web', clusterId('cluster-2')) });

    const { report } = await bed.pass(second, want);
    await bed.pass(second, gone(want.owner));

    expect(report.ingress).toEqual([{ ip: '127.80.0.130', ipMode: 'Proxy' }]);
    expect(bed.network.isListening('TCP', vip)).toBe(false);
    expect(await Array.fromAsync(second.inventory(bed.ctx))).toMatchObject([
      { id: 'lb-1', key: one.owner.key, foreign: { marks: { 'portolan.dev/cluster': 'cluster-1' } } },
    ]);
    expect(JSON.parse(bed.file)).toMatchObject({ loadBalancers: [{ id: 'lb-1', addresses: ['127.80.0.129'] }] });
  });

  it("does not carry out a step on what is not the step's", async () => {
    const bed = new TestBed();
    const provider = await bed.start();
    await bed.pass(provider, one);
    const [step] = (await provider.plan(gone(one.owner), await provider.observe(gone(one.owner), { maxAgeMs: 0 }, bed.ctx))).steps;
    await bed.pass(provider, gone(one.owner, 'everything'));

    expect(await failure(step === undefined ? Promise.resolve() : provider.apply(step, bed.ctx))).toContain('ForeignResource');
  });

  it('says when what a step is about is not there (any more)', async () => {
    const bed = new TestBed();
    const provider = await bed.start();
    await bed.pass(provider, one);
    const edited = spec({ members: one.members, listeners: [listener('TCP', 80, 31000)] });
    const [edit] = (await provider.plan(edited, await provider.observe(edited, { maxAgeMs: 0 }, bed.ctx))).steps;
    await bed.pass(provider, gone(one.owner));

    expect(await failure(edit === undefined ? Promise.resolve() : provider.apply(edit, bed.ctx))).toContain('NotFound');
  });
});
