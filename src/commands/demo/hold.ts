import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { IpAddress } from '../../net/ip.ts';

/** Takes an address and port until closed. @throws Error with the system's code, `EADDRINUSE` or `EADDRNOTAVAIL` among them. */
export type Hold = (address: string, port: number, protocol?: 'TCP' | 'UDP') => Promise<Held>;

export interface Held {
  close(): Promise<void>;
}

/** By a real socket, never shared with another process. */
export const holdSocket: Hold = (address, port, protocol = 'TCP') => (protocol === 'TCP' ? holdTcp(address, port) : holdUdp(address, port));

/** What happens on an attempt to take it: it is held, or why it cannot be. Other failures are thrown. */
export async function tryHold(hold: Hold, address: string, port: number, protocol?: 'TCP' | 'UDP'): Promise<Held | Obstacle> {
  try {
    return await hold(address, port, protocol);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') return 'taken';
    if (code === 'EADDRNOTAVAIL') return 'absent';
    if (code === 'EACCES') return 'forbidden';
    throw error;
  }
}

/** Somebody has it; the machine has no such address; this process lacks the right. */
export type Obstacle = 'taken' | 'absent' | 'forbidden';

/** As the controller will find: may this port be listened on, and if not, the reason it will give. */
export async function whyNotServed(
  hold: Hold,
  address: IpAddress,
  port: number,
  protocol: 'TCP' | 'UDP',
): Promise<'PortNotPermitted' | 'PortInUse' | undefined> {
  const held = await tryHold(hold, address, port, protocol);
  if (held === 'forbidden') return 'PortNotPermitted';
  if (typeof held === 'string') return 'PortInUse';
  await held.close();
  return undefined;
}

async function holdTcp(address: string, port: number): Promise<Held> {
  const server = createServer((connection) => connection.destroy());
  server.listen({ host: address, port, exclusive: true });
  await once(server, 'listening');
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function holdUdp(address: string, port: number): Promise<Held> {
  const socket = createSocket('udp4');
  const close = () => new Promise<void>((resolve) => socket.close(() => resolve()));
  try {
    socket.bind({ address, port, exclusive: true });
    await once(socket, 'listening');
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
