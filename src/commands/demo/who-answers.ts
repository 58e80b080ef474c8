import { ask, type NodeAnswer, type Reply, type Target } from './traffic.ts';
import type { World } from './world.ts';

/** Most requests in one look; a balancer that chooses at random has then shown every node. */
const mostRequests = 24;

/**
 * Asks until every one of `nodes` has answered in the last `2 × nodes` requests, all of which were answered by them.
 * What is wrong otherwise, in one line.
 */
export async function notAnsweredBy(
  world: World,
  target: Target,
  nodes: ReadonlySet<string>,
  nodePort: number,
): Promise<string | undefined> {
  const window: string[] = [];
  for (let count = 0; count < mostRequests; count++) {
    const reply = await asked(world, target);
    if ('error' in reply) return `${place(target)} was answered with ${reply.error}`;
    const wrong = wrongAnswer(reply.answer, target, nodes, nodePort);
    if (wrong !== undefined) return wrong;
    window.push(reply.answer.node);
    const latest = window.slice(-2 * nodes.size);
    if (latest.length === 2 * nodes.size && new Set(latest).size === nodes.size) return undefined;
  }
  const silent = [...nodes].filter((node) => !window.includes(node));
  return `${place(target)} was never answered by ${silent.join(', ')}, only by ${[...new Set(window)].sort().join(', ')}`;
}

/** What is wrong while anybody still answers there. */
export async function stillAnswered(world: World, target: Target): Promise<string | undefined> {
  const reply = await asked(world, target);
  return 'answer' in reply ? `${place(target)} is still answered by ${reply.answer.node}` : undefined;
}

async function asked(world: World, target: Target): Promise<Reply> {
  const reply = await ask(target, world.clock);
  world.printer.request(target, reply);
  return reply;
}

function wrongAnswer(answer: NodeAnswer, target: Target, nodes: ReadonlySet<string>, nodePort: number): string | undefined {
  if (!nodes.has(answer.node)) return `${place(target)} was answered by ${answer.node}, which should not`;
  if (answer.protocol !== target.protocol) return `${place(target)} was answered on ${answer.protocol}`;
  if (answer.port !== nodePort) return `${place(target)} was answered by node port ${answer.port} instead of ${nodePort}`;
  return undefined;
}

export const place = ({ address, port, protocol }: Target): string => `${protocol} ${address}:${port}`;
