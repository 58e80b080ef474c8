import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import * as z from 'zod';
import type { Clock } from '../../clock.ts';

/** Where a request goes. */
export interface Target {
  /** Who is meant, for people: `demo/web`. */
  readonly to: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

const question = 'who answers?\n';
const answerShape = z.object({
  node: z.string(),
  endpointNode: z.string(),
  client: z.string(),
  port: z.number(),
  protocol: z.enum(['TCP', 'UDP']),
});
const echoShape = z.object({ echo: z.literal(question) });
/** What a toy node says of itself. */
export type NodeAnswer = z.infer<typeof answerShape>;

/** Who answered, or why nobody did: the system's code, `TIMEOUT`, or `BAD_ANSWER`. */
export type Reply = { readonly answer: NodeAnswer } | { readonly error: string };

const timeoutMs = 1_000;

/** One request from a socket of its own, so that each is a new flow. Never rejects. */
export function ask(target: Target, clock: Clock): Promise<Reply> {
  return target.protocol === 'TCP' ? askTcp(target, clock) : askUdp(target, clock);
}

function askTcp({ address, port }: Target, clock: Clock): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true });
    const finish = (reply: Reply) => {
      cancel();
      socket.destroy();
      resolve(reply);
    };
    const cancel = clock.after(timeoutMs, () => finish({ error: 'TIMEOUT' }));
    let heard = '';
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(question));
    socket.on('data', (text: string) => {
      heard += text;
      if (heard.includes('\n')) finish(parse(heard));
    });
    socket.once('end', () => finish({ error: 'CLOSED' }));
    socket.on('error', (error: NodeJS.ErrnoException) => finish({ error: error.code ?? error.message }));
  });
}

function askUdp({ address, port }: Target, clock: Clock): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    let open = true;
    const finish = (reply: Reply) => {
      cancel();
      if (open) socket.close();
      open = false;
      resolve(reply);
    };
    const cancel = clock.after(timeoutMs, () => finish({ error: 'TIMEOUT' }));
    socket.once('message', (message) => finish(echoed(message.toString())));
    socket.on('error', (error: NodeJS.ErrnoException) => finish({ error: error.code ?? error.message }));
    // Connected, so that only the address asked may answer, and a closed port says so.
    socket.connect(port, address, () => socket.send(question));
  });
}

/** UDP has no stream to give back: the answer itself repeats what was asked. */
function echoed(heard: string): Reply {
  const reply = parse(heard);
  if ('error' in reply) return reply;
  return echoShape.safeParse(JSON.parse(heard)).success ? reply : { error: 'BAD_ANSWER' };
}

function parse(heard: string): Reply {
  try {
    return { answer: answerShape.parse(JSON.parse(heard.split('\n', 1)[0] ?? '')) };
  } catch {
    return { error: 'BAD_ANSWER' }; // whoever it was, it was no toy node
  }
}
