import { afterEach, describe, expect, it } from 'vitest';
import { contains } from '../../net/ip.ts';
import { claimRange, type DemoRange } from './address-range.ts';
import type { Hold } from './hold.ts';

const claimed: DemoRange[] = [];
afterEach(async () => {
  for (const range of claimed.splice(0)) await range.release();
});
const claim = async (hold?: Hold) => {
  const range = await claimRange(hold);
  claimed.push(range);
  return range;
};

const refuse = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

describe('the range of a demo', () => {
  it('is another one for each that runs at the same time, and can be had again', async () => {
    const [first, second] = [await claim(), await claim()];
    expect(first.network).not.toBe(second.network);

    await first.release();
    const third = await claim();

    expect(third.network).toBe(first.network);
  });

  it('keeps nodes, API and both schemes apart', async () => {
    const range = await claim();

    for (const address of [range.api, ...range.nodes.map((node) => node.address)]) {
      expect(contains(range.network, address)).toBe(true);
      expect(contains(range.internal, address) || contains(range.public, address)).toBe(false);
    }
    expect(range.nodes).toHaveLength(3);
  });

  it('takes the next /24 where one is taken', async () => {
    const hold: Hold = (address) => (address === '127.90.0.1' ? refuse('EADDRINUSE') : Promise.resolve({ close: () => Promise.resolve() }));

    expect((await claim(hold)).network).toBe('127.90.1.0/24');
  });

  it('names the lines that add the addresses where the machine has only 127.0.0.1', async () => {
    const hold: Hold = () => refuse('EADDRNOTAVAIL');

    await expect(claimRange(hold)).rejects.toMatchObject({
      code: 'AddressNotAvailable',
      remedy: expect.stringContaining('sudo ifconfig lo0 alias 127.90.0.$i'),
    });
  });

  it('also where it has only some of them, and lets go of what it took', async () => {
    let held = 0;
    const hold: Hold = (address) => {
      if (address === '127.90.0.255') return refuse('EADDRNOTAVAIL');
      held++;
      return Promise.resolve({ close: () => Promise.resolve(void held--) });
    };

    await expect(claimRange(hold)).rejects.toMatchObject({ code: 'AddressNotAvailable' });
    expect(held).toBe(0);
  });

  it('says so when all are taken, and does not hide other failures', async () => {
    await expect(claimRange(() => refuse('EADDRINUSE'))).rejects.toMatchObject({ code: 'AddressTaken' });
    await expect(claimRange(() => refuse('EMFILE'))).rejects.toMatchObject({ code: 'EMFILE' });
  });
});
