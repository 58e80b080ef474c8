import { expect, it } from 'vitest';
import { member, spec, TestBed } from './test-bed.ts';

const want = spec({ members: [member('node-1', '10.0.0.1')] });

it.each([
  ['in the last moment of the 10 s that the Lease is sure to be ours', 10_000, true],
  ['after them', 10_001, false],
])('a process that stood still between fence and write, and goes on %s', async (_, stoodStillMs, isWritten) => {
  const bed = new TestBed();
  await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
  const provider = await bed.start({
    host: { checkpoint: (name) => void (name === 'state/before-rename' && bed.clock.advance(stoodStillMs)) },
  });
  const passing = bed.pass(provider, want);

  if (isWritten) await passing;
  else await expect(passing).rejects.toMatchObject({ code: 'CloudUnavailable', verdict: 'retry' });
  expect(bed.file.includes('127.80.0.129')).toBe(isWritten);
  expect(bed.ctx.calls).toBe(1);
});
