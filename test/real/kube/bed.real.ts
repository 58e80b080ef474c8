import { spawn } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { missingForBed, startBed } from '../bed/bed.ts';
import { tracesOf } from '../bed/traces.ts';
import { portBase } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';

realSuite('a bed', missingForBed(), () => {
  test('goes with whoever started it, even if that is killed, and takes what runs in it along', async () => {
    const owner = spawn('sleep', ['600']);
    const port = portBase(0);
    const bed = await startBed(port, 1, { KUBE_UP_OWNER: String(owner.pid) });
    try {
      const visitor = bed.start('client', 'tail', '-f', bed.kubeconfig);
      await vi.waitUntil(() => tracesOf(bed.folder, port).some((trace) => trace.includes('tail -f')), { timeout: 10_000 });

      owner.kill('SIGKILL');

      await vi.waitUntil(() => visitor.signalCode === 'SIGKILL', { timeout: 30_000 });
      await vi.waitFor(() => expect(tracesOf(bed.folder, port)).toEqual([]), { timeout: 30_000 });
    } finally {
      owner.kill('SIGKILL');
      await bed.wipe();
    }
  });
});
