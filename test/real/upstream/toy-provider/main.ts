/** The toy cloud's provider as a program that speaks JSON lines: docs/reference/provider-protocol.md. */
import { createInterface } from 'node:readline';
import type { Step } from '../../../../src/model/plan.ts';
import type { Want } from '../../../../src/model/spec.ts';
import { description } from './description.ts';
import type { Have, Operation } from './operation.ts';
import { overHttp, Refused, sandbox } from './place.ts';
import { ToyProvider } from './toy-provider.ts';

/** Every field that any verb has; Portolan sends those of the verb. */
interface Request {
  readonly id: number;
  readonly verb: string;
  readonly cancel?: true;
  readonly clusterId: string;
  readonly connection: { readonly backend: string };
  readonly sandbox?: string;
  readonly want: Want<unknown>;
  readonly maxAgeMs?: number;
  readonly have: Have;
  readonly step: Step<Operation>;
  readonly after?: string;
}

let provider: ToyProvider | undefined;

async function resultOf(request: Request): Promise<unknown> {
  switch (request.verb) {
    case 'describe':
      return description;
    case 'start': {
      const place = request.sandbox === undefined ? overHttp(request.connection.backend) : sandbox(request.sandbox);
      provider = new ToyProvider(place, request.clusterId);
      return {};
    }
    case 'observe':
      return { have: await started().observe(request.want, request.maxAgeMs) };
    case 'plan':
      return started().plan(request.want, seen(request.have));
    case 'apply':
      return { outputs: await started().apply(request.step) };
    case 'report':
      return started().report(request.want, seen(request.have));
    case 'inventory':
      return await started().inventory(request.after);
    case 'close':
      provider?.close();
      provider = undefined;
      return {};
    default:
      throw new Refused('UnsupportedFeature', `there is no verb ${request.verb}`);
  }
}

/** What does not say that there is nothing is no answer of `observe`. */
function seen(have: Have): Have {
  if (!('balancer' in have)) throw new Refused('BadAnswer', 'what was observed does not say whether there is a load balancer');
  return have;
}

function started(): ToyProvider {
  if (provider === undefined) throw new Refused('InternalError', 'start comes first');
  return provider;
}

async function answer(request: Request): Promise<void> {
  try {
    send({ id: request.id, result: await resultOf(request) });
  } catch (thrown) {
    if (!(thrown instanceof Refused)) process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
    const error =
      thrown instanceof Refused ? { code: thrown.code, message: thrown.message } : { code: 'InternalError', message: 'see the log' };
    send({ id: request.id, error });
  }
}

const send = (message: unknown): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

// What is cancelled is answered all the same. The end of the input is the end.
for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  const request = JSON.parse(line) as Request; // the protocol's own
  if (request.cancel === undefined) void answer(request);
}
provider?.close();
