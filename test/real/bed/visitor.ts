import { vi } from 'vitest';
import type { Bed } from './bed.ts';

/** What a Pod `echo-I` answers. */
export interface Answer {
  readonly pod: string;
  /** Who connected to it, as it sees it: address and port. */
  readonly peer: string;
  readonly proxy: string | null;
}

export interface Conversation {
  /** Resolves to what came back, once something did. */
  say(text: string): Promise<string>;
  end(): void;
}

/** Where a visitor stands: outside with one of the client's addresses, or in the Pod of a node. */
export type Standpoint = { readonly outside: string } | { readonly pod: number };
export const outside: Standpoint = { outside: '172.30.0.3' };
export const outside6: Standpoint = { outside: 'fd00:30::3' };

/** Someone who uses load balancers. All calls reject where no answer comes. */
export class Visitor {
  readonly #bed: Bed;

  constructor(bed: Bed) {
    this.#bed = bed;
  }

  /** `count` requests, each over a connection of its own. */
  async ask(
    host: string,
    { from = outside, port = 80, count = 1 }: { from?: Standpoint; port?: number; count?: number } = {},
  ): Promise<Answer[]> {
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/?[1-${count}]`;
    const text = await this.#run(from, 'curl', '--fail-early', '-sS', '-m', '3', ...interfaceOf(from), url);
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer); // bed/pod.ts writes it
  }

  /** One datagram from a Pod, and what comes back within a second. */
  datagram(pod: number, host: string, port: number): Promise<string> {
    const script = `exec 3<>/dev/udp/${host}/${port}; printf hello >&3; timeout 1 dd bs=2048 count=1 status=none <&3`;
    return this.#bed.inPod(pod, 'bash', '-c', script);
  }

  /** One connection, for as long as wanted. */
  converse(host: string, port = 80): Conversation {
    const child = this.#bed.start('client', 'curl', '-sSN', ...interfaceOf(outside), `telnet://${host}:${port}`);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    return {
      async say(said) {
        text = '';
        child.stdin.write(said);
        await vi.waitUntil(() => text.includes(said), { timeout: 5000, interval: 20 });
        return text;
      },
      end: () => void child.kill(),
    };
  }

  /** The status a node answers with on a health port. */
  async healthz(node: number, port: number): Promise<number> {
    const url = `http://172.30.0.${10 + node}:${port}/healthz`;
    return Number(await this.#bed.outside('curl', '-s', '-m', '3', '-o', '/dev/null', '-w', '%{http_code}', url));
  }

  #run(from: Standpoint, ...command: readonly string[]): Promise<string> {
    return 'pod' in from ? this.#bed.inPod(from.pod, ...command) : this.#bed.outside(...command);
  }
}

const interfaceOf = (from: Standpoint): readonly string[] => ('outside' in from ? ['--interface', from.outside] : []);

/** The nodes that answers came through under the policy Cluster: each puts an address of its own in the client's place. */
export function nodesOf(answers: readonly Answer[]): readonly number[] {
  const numbers = answers.map(({ peer }) => {
    const [, bridge, inside] = /^(?:172\.30\.0\.1(\d)|10\.244\.(\d)\.1):/.exec(peer) ?? [];
    return Number(bridge ?? inside);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
