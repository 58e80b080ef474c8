import type { Network, TcpConnection } from '../api/network.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** How many calls are out and have not come back. */
export class UnderWay {
  #calls = 0;
  readonly #idle = new Set<() => void>();

  async during<T>(call: Promise<T>): Promise<T> {
    this.#calls++;
    try {
      return await call;
    } finally {
      this.#calls--;
      if (this.#calls === 0) for (const resolve of this.#idle) resolve();
      if (this.#calls === 0) this.#idle.clear();
    }
  }

  get any(): boolean {
    return this.#calls > 0;
  }

  /** Resolves when none is out. */
  async none(): Promise<void> {
    if (this.any) await new Promise<void>((resolve) => this.#idle.add(resolve));
  }
}

/** A network whose sockets end with a process that is no real one: at once, and without a word to whoever opened them. */
export function mortalNetwork(network: Network, process: SimulatedProcess, underWay: UnderWay): Network {
  const mortal = (connection: TcpConnection): TcpConnection => {
    connection.stream.once('close', process.onKill(connection.abort));
    return connection;
  };
  /** What a dead process asked for is let go of, and it is told of nothing any more. */
  const living = async <T>(call: Promise<T>, letGo: (result: T) => unknown): Promise<T> => {
    const result = await underWay.during(call);
    if (process.alive) return result;
    letGo(result);
    return new Promise<never>(() => {});
  };
  const told = (callback: () => void) => () => {
    if (process.alive) callback();
  };
  const listening = <L extends { close(): Promise<void> }>(opened: L): L => {
    const forget = process.onKill(() => void opened.close());
    const close = async () => {
      forget();
      await opened.close();
    };
    return { ...opened, close };
  };
  return {
    listenTcp: async (at, accept, closed) => {
      const take = (connection: TcpConnection) => (process.alive ? accept(mortal(connection)) : connection.abort());
      return listening(await living(network.listenTcp(at, take, told(closed)), (opened) => opened.close()));
    },
    connectTcp: async (to, timeoutMs) => {
      const connection = await living(network.connectTcp(to, timeoutMs), (late) => typeof late === 'string' || late.abort());
      return typeof connection === 'string' ? connection : mortal(connection);
    },
    bindUdp: async (at, receive, closed) => {
      const heard: typeof receive = (data, from) => process.alive && receive(data, from);
      return listening(await living(network.bindUdp(at, heard, told(closed)), (opened) => opened.close()));
    },
    openFlow: (to, receive, lost) => {
      const flow = network.openFlow(to, (data) => process.alive && receive(data), told(lost));
      const forget = process.onKill(() => flow.close());
      const close = () => {
        forget();
        flow.close();
      };
      return { send: (data) => flow.send(data), close };
    },
    httpStatus: (at, path, timeoutMs) => living(network.httpStatus(at, path, timeoutMs), () => undefined),
  };
}
