import { expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import { MemoryNetwork } from './memory-network.ts';
import { SimulatedProcess } from './simulated-process.ts';

const address = '127.80.0.129' as IpAddress; // canonical

it('a killed process opens no socket any more, and its successor finds every port free', async () => {
  const network = new MemoryNetwork(new ManualClock());
  const process = new SimulatedProcess(1);
  const dead = network.at(address, process);
  process.kill();
  const answered: string[] = [];
  const note = () => void answered.push('answered');
  void dead.listenTcp({ address, port: 80 }, note, note).then(note);
  void dead.bindUdp({ address, port: 80 }, note, note).then(note);
  void dead.connectTcp({ address, port: 80 }, 1_000).then(note);
  dead.openFlow({ address, port: 80 }, note, note).send(Buffer.from('x'));
  await settle();

  expect(answered).toEqual([]);
  const successor = network.at(address, new SimulatedProcess(2));
  await successor.listenTcp({ address, port: 80 }, note, note);
  await successor.bindUdp({ address, port: 80 }, note, note);
  expect(network.isListening('TCP', { address, port: 80 })).toBe(true);
});
