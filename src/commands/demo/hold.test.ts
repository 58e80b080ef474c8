import { afterEach, describe, expect, it } from 'vitest';
import { parseIp, type IpAddress } from '../../net/ip.ts';
import { holdSocket, tryHold, whyNotServed, type Held } from './hold.ts';

const address = parseIp('127.90.255.12') as IpAddress; // a literal that parses
const held: Held[] = [];
afterEach(async () => {
  for (const each of held.splice(0)) await each.close();
});
const refuse = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe.each(['TCP', 'UDP'] as const)('a %s port', (protocol) => {
  it('is held by one at a time', async () => {
    held.push(await holdSocket(address, 30_321, protocol));
    expect(await tryHold(holdSocket, address, 30_321, protocol)).toBe('taken');
    expect(await whyNotServed(holdSocket, address, 30_321, protocol)).toBe('PortInUse');

    await held.pop()?.close();

    expect(await whyNotServed(holdSocket, address, 30_321, protocol)).toBeUndefined();
  });
});

it('tells what stands in the way, and does not hide other failures', async () => {
  expect(await tryHold(refuse('EADDRNOTAVAIL'), address, 80)).toBe('absent');
  expect(await tryHold(refuse('EACCES'), address, 80)).toBe('forbidden');
  expect(await whyNotServed(refuse('EACCES'), address, 80, 'TCP')).toBe('PortNotPermitted');
  await expect(whyNotServed(refuse('EMFILE'), address, 80, 'TCP')).rejects.toMatchObject({ code: 'EMFILE' });
});
