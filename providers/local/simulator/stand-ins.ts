import type { IpAddress } from '../../../src/net/ip.ts';
import type { Endpoint, Network } from '../api/network.ts';

/** Loopback addresses that nodes and clients of other networks have on this machine. Those of 127.0.0.0/8 play themselves. */
export class StandIns {
  readonly #number: number;
  readonly #byAddress = new Map<IpAddress, IpAddress>();
  readonly #behind = new Map<IpAddress, IpAddress>();

  /** @param number third octet, 0 to 255 */
  constructor(number: number) {
    this.#number = number;
  }

  of(address: IpAddress): IpAddress {
    if (address.startsWith('127.')) return address;
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    const index = this.#byAddress.size;
    const standIn = `127.${98 + Math.floor(index / 254)}.${this.#number}.${1 + (index % 254)}` as IpAddress; // canonical
    this.#byAddress.set(address, standIn);
    this.#behind.set(standIn, address);
    return standIn;
  }

  /** Whom an address stands in for, where it does. */
  behind(address: IpAddress): IpAddress {
    return this.#behind.get(address) ?? address;
  }
}

/** The network as if everybody had the addresses they play. What listens does so where it says. */
export function disguised(network: Network, standIns: StandIns): Network {
  const to = ({ address, port }: Endpoint): Endpoint => ({ address: standIns.of(address), port });
  const from = ({ address, port }: Endpoint): Endpoint => ({ address: standIns.behind(address), port });
  return {
    listenTcp: (at, accept, closed) =>
      network.listenTcp(at, (connection) => accept({ ...connection, remote: from(connection.remote) }), closed),
    connectTcp: async (at, timeoutMs) => {
      const connection = await network.connectTcp(to(at), timeoutMs);
      return typeof connection === 'string' ? connection : { ...connection, remote: at };
    },
    bindUdp: async (at, receive, closed) => {
      const socket = await network.bindUdp(at, (data, source) => receive(data, from(source)), closed);
      return { ...socket, send: (data, client) => socket.send(data, to(client)) };
    },
    openFlow: (at, receive, lost) => network.openFlow(to(at), receive, lost),
    httpStatus: (at, path, timeoutMs) => network.httpStatus(to(at), path, timeoutMs),
  };
}
