import { expect, it } from 'vitest';
import { LbError } from '../../src/errors.ts';
import { noCheckpoint } from '../../src/model/checkpoint.ts';
import { cloudId } from '../../src/model/ids.ts';
import type { StateFile } from './api/state-file.ts';
import { Ledger } from './ledger.ts';
import type { Operation } from './operation.ts';
import { memoryDisk, MemoryStateFile } from './simulator/memory-state-file.ts';
import { SimulatedProcess } from './simulator/simulated-process.ts';
import { creation } from './life-steps.ts';
import { ip, owner, spec } from './test-bed.ts';

/** A file whose next write goes wrong: not at all, or only its answer; and whose reads may go wrong. */
function wayward() {
  const disk = memoryDisk();
  const file = new MemoryStateFile('state.json', disk, new SimulatedProcess(1), noCheckpoint);
  const next: { write?: 'not done' | 'done'; reads: boolean } = { reads: true };
  const failed = () => new LbError('CloudUnavailable', 'state.json cannot be written (EIO)');
  const over: StateFile = {
    path: file.path,
    lock: () => file.lock(),
    read: () => (next.reads ? file.read() : Promise.reject(new LbError('StateFileInvalid', 'state.json cannot be read (EIO)'))),
    write: async (text, lastCheck) => {
      const { write } = next;
      delete next.write;
      if (write !== 'not done') await file.write(text, lastCheck);
      if (write !== undefined) throw failed();
    },
  };
  return { disk, next, ledger: new Ledger(over) };
}
const creationOf = (name: string): Operation => creation(spec({ owner: owner(name) }), [[ip('127.80.0.129'), ip('127.80.0.130')]]).op;
const gone = (on: string): Operation => ({ do: 'delete', on: cloudId(on) });
const ids = ({ state }: Ledger) => state.loadBalancers.map(({ id }) => id);

it('takes for written what the file says, although the write failed after it was done', async () => {
  const { ledger, next } = wayward();
  await ledger.open();
  await ledger.commit(creationOf('web'));
  const [id = ''] = ids(ledger);
  next.write = 'done';

  await ledger.commit(gone(id));
  expect(ids(ledger)).toEqual([]);
});

it('stays as it is when a write failed before it was done', async () => {
  const { ledger, next } = wayward();
  await ledger.open();
  next.write = 'not done';

  await expect(ledger.commit(creationOf('web'))).rejects.toMatchObject({ code: 'CloudUnavailable' });
  expect(ids(ledger)).toEqual([]);
  await ledger.commit(creationOf('web'));
  expect(ids(ledger)).toHaveLength(1);
});

it('does not write what may not be written any more, and is what the file says', async () => {
  const { ledger, disk } = wayward();
  await ledger.open();
  const late = new LbError('CloudUnavailable', 'not in time');
  const creating = ledger.commit(creationOf('web'), () => {
    throw late;
  });
  await expect(creating).rejects.toBe(late);
  expect(ids(ledger)).toEqual([]);
  expect(disk.writes).toBe(0);
  await ledger.commit(creationOf('web'));
  expect(ids(ledger)).toHaveLength(1);
});

it('reads again before it writes, when nobody could tell what became of a write', async () => {
  const { ledger, next, disk } = wayward();
  await ledger.open();
  next.write = 'done';
  next.reads = false;
  await expect(ledger.commit(creationOf('web'))).rejects.toMatchObject({ code: 'CloudUnavailable' });
  await expect(ledger.commit(creationOf('api'))).rejects.toMatchObject({ code: 'StateFileInvalid' });

  next.reads = true;
  await ledger.commit(creationOf('api'));
  expect(ids(ledger)).toHaveLength(2);
  expect(disk.writes).toBe(2);
});
