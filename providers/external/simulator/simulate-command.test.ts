import { existsSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { Bed, spec, toy } from '../test-bed.ts';
import { simulateCommand } from './simulate-command.ts';

type Simulation = Awaited<ReturnType<typeof simulateCommand>>;
const open: Simulation[] = [];
afterEach(async () => {
  for (const simulation of open.splice(0)) await simulation.close?.();
});

/** A toy with a sandbox, whose name is in everything it observes. */
async function simulate(how = 'sandboxed'): Promise<Simulation> {
  const simulation = await simulateCommand(toy(how));
  open.push(simulation);
  return simulation;
}
async function instance(simulation: Simulation) {
  const bed = new Bed();
  const provider = simulation.definition.create(simulation.connection, bed.host);
  await provider.start('control', bed.ctx);
  const look = async () => (await provider.observe(spec(), { maxAgeMs: 0 }, bed.ctx)) as { sandbox: string; pid: number; starts: number }; // the toy's
  return { bed, provider, look };
}

it('says in one line why a command cannot be tried out', async () => {
  await expect(simulateCommand(toy())).rejects.toMatchObject({
    code: 'InvalidFlag',
    field: '--command',
    text: expect.stringContaining('has no sandbox'),
  });
  await expect(simulateCommand([])).rejects.toMatchObject({ code: 'InvalidFlag', text: 'the command is empty' });
  await expect(simulateCommand(['/nonexistent/program'])).rejects.toMatchObject({ code: 'ProviderProcessFailed' });
});

it('gives each simulation a folder, and the same process to one after the other', async () => {
  const first = await instance(await simulate());
  const before = await first.look();
  await first.provider.close();
  const second = await instance(await simulate());
  const after = await second.look();
  await second.provider.close();

  expect(after.sandbox).not.toBe(before.sandbox);
  expect(after).toMatchObject({ pid: before.pid, starts: before.starts + 1 });
});

it('ends every process as kill -9 does; the next is another one on the same folder', async () => {
  const simulation = await simulate();
  const before = await (await instance(simulation)).look();

  simulation.crash();

  const next = await instance(simulation);
  const after = await next.look();
  expect(after).toMatchObject({ sandbox: before.sandbox, starts: 1 });
  expect(after.pid).not.toBe(before.pid);
  expect(() => process.kill(before.pid, 0)).toThrow('ESRCH');
  await next.provider.close();
});

it('is quiet when no request is under way in any process, also none that nobody waits for', async () => {
  const simulation = await simulate('slow');
  const { bed, provider } = await instance(simulation);
  await simulation.quiet?.();
  let answered = false;
  const given = provider.observe(spec(), { maxAgeMs: 0 }, bed.ctx).catch(() => {});
  bed.stop.abort(new Error('nobody waits'));
  await given;
  void Promise.resolve(provider.plan(spec(), { own: [] })).then(() => (answered = true));

  await simulation.quiet?.();

  expect(answered).toBe(true);
  await provider.close();
});

it('leaves no folder and no process behind, also where the instances were not closed', async () => {
  const simulation = await simulate();
  const { look } = await instance(simulation);
  const { sandbox } = await look();
  expect(existsSync(sandbox)).toBe(true);

  await simulation.close?.();
  open.pop();

  expect(existsSync(sandbox)).toBe(false);
});
