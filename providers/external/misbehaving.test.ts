import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../../src/clock.ts';
import type { LbError } from '../../src/errors.ts';
import type { AnyProvider } from '../../src/provider.ts';
import { Bed, create, spec, toy } from './test-bed.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-external-'));
afterAll(() => rmSync(folder, { recursive: true }));
const running: AnyProvider[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((provider) => provider.close()));
});

let files = 0;
const freshFile = (): string => join(folder, `file-${++files}`);
async function started(how: string, file?: string): Promise<{ bed: Bed; provider: AnyProvider }> {
  const bed = new Bed();
  const provider = await bed.started(toy(how, ...(file === undefined ? [] : [file])));
  running.push(provider);
  return { bed, provider };
}
const failure = (work: Promise<unknown>): Promise<LbError> =>
  work.then(
    () => expect.unreachable('it went well'),
    (error: LbError) => error,
  );
const observe = (bed: Bed, provider: AnyProvider) => provider.observe(spec(), { maxAgeMs: 0 }, bed.ctx);

describe('a process that breaks the protocol is ended, explained, and started again', () => {
  it.each([
    ['dies', 'ProviderProcessFailed', 'ended with exit code 5'],
    ['half-a-line', 'ProviderProcessFailed', 'ended with exit code 0 in the middle of a line'],
    ['garbage', 'BadAnswer', 'wrote to stdout what is no message of the protocol'],
    ['not-utf8', 'BadAnswer', 'wrote to stdout what is no message of the protocol'],
    ['a-list', 'BadAnswer', 'wrote to stdout what is no message of the protocol'],
    ['too-deep', 'BadAnswer', 'wrote to stdout what is no message of the protocol'],
    ['long-line', 'BadAnswer', 'wrote a line of more than 4 MiB'],
    ['wrong-id', 'BadAnswer', 'answered what it was not asked, or answered twice'],
    ['no-id', 'BadAnswer', 'answered what it was not asked, or answered twice'],
    ['bad-event', 'BadAnswer', 'sent an event that the protocol does not have'],
    ['neither', 'BadAnswer', 'answered observe with neither a result nor an error'],
    ['both', 'BadAnswer', 'answered observe with neither a result nor an error'],
  ])('%s', async (how, code, text) => {
    const { bed, provider } = await started(how);

    const error = await failure(observe(bed, provider));

    expect(error).toMatchObject({ code, verdict: 'retry' });
    expect(error.text).toContain(text);
    expect(error.text).toContain('toy-provider.mjs');
    expect(error.remedy).toContain('run ');
    expect(provider.problem?.()).toBe(error.text);
    // Until it runs again every call says the same, and a change is not even begun.
    expect(await failure(provider.apply(create, bed.ctx))).toMatchObject({ code, text: error.text });
    expect(bed.beforeCalls).toBe(0);

    await bed.clock.advanceAsync(1_000);
    await vi.waitFor(() => expect(provider.problem?.()).toBeUndefined(), 5_000);

    expect(await provider.plan(spec(), { own: [] })).toMatchObject({ steps: [{ id: 'toy/create' }] });
  });

  it('never keeps a line of 100 MB in memory', async () => {
    const { bed, provider } = await started('long-line');
    const before = process.memoryUsage().arrayBuffers;

    await failure(observe(bed, provider));

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });

  it('an answer that comes twice ends the process, and the first of the two still counted', async () => {
    const { bed, provider } = await started('twice');

    expect(await observe(bed, provider)).toEqual({ own: [] });
    await vi.waitFor(() => expect(provider.problem?.()).toContain('answered twice'), 5_000);
  });
});

describe('a process that does not answer', () => {
  it.each(['hangs', 'half-a-line-and-silence'])('%s: the call fails in time, then the process is ended', async (how) => {
    const { bed, provider } = await started(how);
    const asked = failure(observe(bed, provider));
    await settle();

    await bed.clock.advanceAsync(60_000);

    expect(await asked).toMatchObject({ code: 'ProviderProcessFailed', verdict: 'retry' });
    expect((await asked).text).toContain('did not answer observe in time');
    expect(provider.problem?.()).toBeUndefined();
    await bed.clock.advanceAsync(10_000);
    expect(provider.problem?.()).toContain('did not answer observe in time');
  });

  it('goes on where it answers the cancellation: one slow call is not the end of the others', async () => {
    const { bed, provider } = await started('answers-when-cancelled');
    const asked = failure(observe(bed, provider));
    await bed.clock.advanceAsync(60_000);
    await asked;

    // Its answers come in order, so this one comes after that to the cancellation.
    await provider.plan(spec(), { own: [] });
    await bed.clock.advanceAsync(20_000);

    expect(provider.problem?.()).toBeUndefined();
  });

  it('is told when nobody waits any more', async () => {
    const { bed, provider } = await started('hangs');
    const asked = failure(observe(bed, provider));

    bed.stop.abort(new Error('the controller stops'));

    expect(await asked).toMatchObject({ verdict: 'retry', text: 'the call observe of the provider was given up' });
    expect(await failure(observe(bed, provider))).toMatchObject({ text: expect.stringContaining('was not sent') });
  });

  it('in start: the provider does not start, and no process stays', async () => {
    const bed = new Bed();
    const provider = await bed.made(toy('hangs-in-start'));
    const starting = failure(provider.start('control', bed.ctx));
    await vi.waitFor(() => expect(bed.clock.nextDueMs()).toBe(60_000), 5_000);

    await bed.clock.advanceAsync(60_000);

    expect((await starting).text).toContain('did not answer start in time');
  });

  it('in close: it is ended all the same', async () => {
    const { bed, provider } = await started('hangs-in-close');
    running.pop();
    const closing = provider.close();
    await settle();
    await bed.clock.advanceAsync(5_000);

    await closing;
    expect(bed.said.map(({ message }) => message)).toContain('the provider could not be closed in good order');
  });
});

describe('a change whose outcome nobody saw is in doubt', () => {
  it.each([
    ['dies-in-apply', 0, 'ended with exit code 4'],
    ['hangs-in-apply', 60_000, 'did not answer apply in time'],
  ])('%s', async (how, afterMs, text) => {
    const { bed, provider } = await started(how);
    const applying = failure(provider.apply(create, bed.ctx));
    await settle();
    await bed.clock.advanceAsync(afterMs);

    expect(await applying).toMatchObject({ code: 'OutcomeUnknown', verdict: 'in-doubt' });
    expect((await applying).text).toContain(text);
    expect(bed.beforeCalls).toBe(1);
  });

  it.each([
    ['bad-outcome', 'OutcomeUnknown', 'outputs is not record'],
    ['bad-error', 'OutcomeUnknown', 'message has a value the protocol does not allow'],
    ['strange-error', 'ProviderBug', 'an error code that is not for providers to use'],
  ])('%s: the answer does not tell either', async (how, code, text) => {
    const { bed, provider } = await started(how);

    const error = await failure(provider.apply(create, bed.ctx));

    expect(error).toMatchObject({ code, verdict: 'in-doubt' });
    expect(error.text).toContain(text);
    expect(error.text).not.toContain('hunter2');
    expect(provider.problem?.()).toBeUndefined();
  });

  it('aborted', async () => {
    const { bed, provider } = await started('hangs-in-apply');
    const applying = failure(provider.apply(create, bed.ctx));
    await settle();

    bed.stop.abort(new Error('the lease is lost'));

    expect(await applying).toMatchObject({ code: 'OutcomeUnknown', verdict: 'in-doubt' });
  });

  it('but one that may not be made is never sent', async () => {
    const file = freshFile();
    const { bed, provider } = await started('notes-what-it-hears', file);
    const ctx = { ...bed.ctx, beforeCall: () => Promise.reject(new Error('the lease is lost')) };

    expect(await failure(provider.apply(create, ctx))).toMatchObject({ message: 'the lease is lost' });
    await provider.plan(spec(), { own: [] });

    expect(readFileSync(file, 'utf8')).toContain('"verb":"plan"');
    expect(readFileSync(file, 'utf8')).not.toContain('"verb":"apply"');
  });
});

describe('starting again', () => {
  it('waits longer each time, and tells when it runs', async () => {
    const { bed, provider } = await started('dies');
    const changes = provider.changes?.(bed.stop.signal)[Symbol.asyncIterator]();
    for (const waitMs of [1_000, 2_000, 4_000]) {
      await failure(observe(bed, provider));
      await bed.clock.advanceAsync(waitMs - 1);
      expect(provider.problem?.()).toBeDefined();
      await bed.clock.advanceAsync(1);
      await vi.waitFor(() => expect(provider.problem?.()).toBeUndefined(), 5_000);
    }

    expect(await changes?.next()).toEqual({ done: false, value: 'all-waiting' });
    // A process that has worked for a minute starts over.
    await bed.clock.advanceAsync(60_000);
    await failure(observe(bed, provider));
    expect(bed.said.at(-1)).toMatchObject({ level: 'error', facts: { retryMs: 1_000 } });
  });

  it('does not serve what describes itself differently, and says so', async () => {
    const file = freshFile();
    const { bed, provider } = await started('describes-itself-anew', file);
    await failure(observe(bed, provider));

    await bed.clock.advanceAsync(1_000);
    await vi.waitFor(() => expect(provider.problem?.()).toContain('describes itself differently than before'), 5_000);

    expect(await failure(observe(bed, provider))).toMatchObject({
      code: 'ProviderBug',
      remedy: 'Restart the controller to take over the new description.',
    });
  });

  it('is tried again where a process ends before it says anything', async () => {
    const bed = new Bed();

    expect(await failure(bed.describe({ command: toy('dies-at-once') }))).toMatchObject({
      code: 'ProviderProcessFailed',
      text: expect.stringContaining('ended with exit code 3'),
    });
    expect(await failure(bed.describe({ command: ['/nonexistent/program'] }))).toMatchObject({
      code: 'ProviderProcessFailed',
      text: expect.stringContaining('cannot be started (ENOENT)'),
    });
  });
});
