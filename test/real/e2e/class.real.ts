import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { portBase } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { missingForE2e, startE2eBed } from './e2e-bed.ts';
import { e2eSuite } from './suite.ts';

realSuite('e2e', missingForE2e(), () => {
  e2eSuite('e2e', 'class', { port: portBase(0), nodes: 2, limitMinutes: 9 });

  test('a bed whose owner is killed goes with it, and with the Pods that run there', async () => {
    const owner = spawn('sleep', ['infinity']);
    await once(owner, 'spawn');
    const bed = await startE2eBed(portBase(1), 1, owner.pid);
    const kubectl = (...args: readonly string[]) => bed.outside('kubectl', '--kubeconfig', bed.kubeconfig, ...args);
    await kubectl('create', 'deployment', 'idle', '--image=localhost/pause:e2e');
    await kubectl('wait', '--for=condition=Available', '--timeout=60s', 'deployment/idle');
    expect(bed.traces().join('\n')).toMatch(/portolan-e2e-[^]*kube-up-[^]*process [^]*k8s.io/);

    owner.kill('SIGKILL');

    await vi.waitFor(() => expect(bed.traces()).toEqual([]), { timeout: 30_000, interval: 200 });
  });
});
