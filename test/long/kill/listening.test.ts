import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { listening } from './listening.ts';

test.skipIf(process.platform !== 'linux')('names what listens on an address, and nothing that is only connected', async () => {
  const tcp = createServer().listen(0, '127.0.0.1');
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  const client = createSocket('udp4').bind(0, '127.0.0.1');
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening'), once(client, 'listening')]);
  const tcpLine = `TCP 127.0.0.1:${(tcp.address() as AddressInfo).port}`; // of a server that listens
  const [udpLine, clientLine] = [udp, client].map((socket) => `UDP 127.0.0.1:${socket.address().port}`);
  client.connect(udp.address().port, '127.0.0.1');
  await once(client, 'connect');
  const here = await listening((address) => address === '127.0.0.1');
  const nowhere = await listening((address) => address === '127.0.0.2');
  for (const socket of [tcp, udp, client]) socket.close();

  expect(here).toContain(tcpLine);
  expect(here).toContain(udpLine);
  expect(here).not.toContain(clientLine);
  expect(nowhere).not.toContain(tcpLine);
});
