import { duplexPair, type Duplex } from 'node:stream';
import type { Endpoint, TcpConnection } from '../api/network.ts';

/** The two ends of one TCP connection: `client` is what the server sees of the client, and the other way round. */
export function memoryConnection(client: Endpoint, server: Endpoint): { atClient: TcpConnection; atServer: TcpConnection } {
  const [near, far] = duplexPair();
  return { atClient: end(near, far, server), atServer: end(far, near, client) };
}

function end(own: Duplex, other: Duplex, remote: Endpoint): TcpConnection {
  return {
    remote,
    stream: own,
    abort: () => {
      own.destroy();
      // What a reset looks like from the other side; nobody has to listen for it.
      if (other.listenerCount('error') === 0) other.once('error', () => {});
      other.destroy(Object.assign(new Error('connection reset by peer'), { code: 'ECONNRESET' }));
    },
  };
}
