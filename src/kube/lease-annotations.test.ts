import { afterEach, describe, expect, it } from 'vitest';
import { annotations, endAll, LeaseServer, one, pass, Process, start } from '../../test/lease-world.ts';
import { LbError } from '../errors.ts';
import type { JsonObject } from '../model/json.ts';

afterEach(endAll);

describe('annotations of the Lease', () => {
  it('are set and removed, and leave those of others alone', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    await a.elector.setAnnotation('portolan.dev/epoch', 'one');
    server.edit((lease) => ({
      ...lease,
      metadata: { ...(lease['metadata'] as JsonObject), annotations: { ...annotations(server), foreign: 'kept' } }, // a Lease's metadata
    }));
    await a.elector.setAnnotation('portolan.dev/epoch', 'two');
    expect(a.elector.annotation('portolan.dev/epoch')).toBe('two');
    expect(annotations(server)).toEqual({ foreign: 'kept', 'portolan.dev/epoch': 'two' });
    await a.elector.setAnnotation('portolan.dev/epoch', undefined);
    expect(annotations(server)).toEqual({ foreign: 'kept' });
    expect(a.elector.annotation('portolan.dev/epoch')).toBeUndefined();
  });

  it('are changed only where they still say what was seen, if that is asked', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    await a.elector.setAnnotation('wish', 'first');
    // Nothing has told this process of it when it writes.
    server.edit((lease) => ({
      ...lease,
      metadata: { ...(lease['metadata'] as JsonObject), annotations: { wish: 'second' } }, // a Lease's metadata
    }));

    await a.elector.setAnnotation('wish', undefined, 'first');
    expect(annotations(server)).toEqual({ wish: 'second' });
    await a.elector.setAnnotation('wish', undefined, 'second');
    expect(annotations(server)).toEqual({});
  });

  it('are seen by the next leader', async () => {
    const server = new LeaseServer();
    const [a, b] = start(server, 'a', 'b');
    if (a === undefined || b === undefined) return expect.fail();
    await pass(0, a, b);
    await a.elector.setAnnotation('portolan.dev/epoch', 'one');
    expect(b.elector.annotation('portolan.dev/epoch')).toBeUndefined();
    a.stop.abort(new Error('stop'));
    await pass(4_500, a, b);
    expect(b.elector.annotation('portolan.dev/epoch')).toBe('one');
  });

  it('are refused to who does not lead', async () => {
    const a = new Process(new LeaseServer(), 'a');
    await expect(a.elector.setAnnotation('x', 'y')).rejects.toMatchObject({ code: 'LeaseLost' });
    expect(a.elector.annotation('x')).toBeUndefined();
  });

  it('at the same time as renewals and each other are all written', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(1_900, a);
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => a.elector.setAnnotation(name, name)));
    await pass(500, a);
    expect(Object.keys(annotations(server)).join('')).toBe('abcdef');
  });

  it('a write that fails says so', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.weather = 'refused';
    await expect(a.elector.setAnnotation('x', 'y')).rejects.toBeInstanceOf(LbError);
    expect(a.elector.isLeader).toBe(true);
  });
});
