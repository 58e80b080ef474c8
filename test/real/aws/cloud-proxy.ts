import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request that was made of the cloud. */
export interface CloudCall {
  readonly phase: string;
  /** `elasticloadbalancing`, `ec2`. */
  readonly service: string;
  readonly action: string;
  readonly mutates: boolean;
  readonly fields: Readonly<Record<string, string>>;
  /** What it was answered with; absent while it is under way, and where the connection was cut. */
  status?: number;
  /** Which fault it met. */
  fault?: string;
}

/** What may go wrong with a request. `refuse` has the cloud not even asked. */
export type Fault =
  | { readonly does: 'refuse'; readonly status: number; readonly code: string }
  /** The cloud does it, and nobody hears of it. */
  | { readonly does: 'lose-answer' }
  /** The cloud is never asked. */
  | { readonly does: 'cut' }
  | { readonly does: 'delay'; readonly ms: number };

export const throttled: Fault = { does: 'refuse', status: 400, code: 'Throttling' };
export const inUse: Fault = { does: 'refuse', status: 400, code: 'ResourceInUse' };
export const groupInUse: Fault = { does: 'refuse', status: 400, code: 'DependencyViolation' };

/** For the nth request from now, counted from 1, whose action is this one; absent: every one. */
interface Rule {
  readonly action: string;
  readonly nth: number | undefined;
  readonly fault: Fault;
  seen: number;
}

/** Around each change of the cloud; awaited before it is handed on, and before its answer is. `cut`: it is not handed on. */
export type OnChange = (when: 'before' | 'after', call: CloudCall) => Promise<'cut' | void> | 'cut' | void;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Answers in place of the cloud, by what the cloud answers to this and to further requests, which nobody counts. */
export type Correct = (
  call: CloudCall,
  forward: () => Promise<Answer>,
  ask: (fields: Readonly<Record<string, string>>) => Promise<string>,
) => Promise<Answer>;

const isRead = /^(Describe|Get|List)/;
const reason = { elasticloadbalancing: 'Throttling', ec2: 'RequestLimitExceeded' } as const;

/** Stands between a controller and its cloud: counts requests by action and phase, and has them go wrong. */
export class CloudProxy {
  readonly calls: CloudCall[] = [];
  /** Of each request, in milliseconds. */
  latencyMs = 0;
  onChange: OnChange = () => {};
  #phase = 'start';
  #rules: Rule[] = [];
  #throttledShare = 0;
  #random = 1;
  readonly #target: URL;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #correct: Correct;
  #open = 0;

  private constructor(target: string, correct: Correct) {
    this.#target = new URL(target);
    this.#correct = correct;
    this.#server = createServer((asked, answer) => {
      this.#open += 1;
      void this.#handle(asked, answer)
        .catch(() => asked.socket.destroy())
        .finally(() => (this.#open -= 1));
    });
  }

  static async start(target: string, correct: Correct = (_call, forward) => forward()): Promise<CloudProxy> {
    const proxy = new CloudProxy(target, correct);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens on TCP
    return `http://127.0.0.1:${port}`;
  }

  /** Requests under way. */
  get open(): number {
    return this.#open;
  }

  /** What comes from now on is counted under this name. */
  phase(name: string): void {
    this.#phase = name;
  }

  /** By action, sorted. */
  counts(phase: string = this.#phase): Readonly<Record<string, number>> {
    const table: Record<string, number> = {};
    for (const call of this.calls) if (call.phase === phase) table[call.action] = (table[call.action] ?? 0) + 1;
    return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @param nth which one from now; absent: every one */
  fault(action: string, fault: Fault, nth?: number): void {
    this.#rules.push({ action, nth, fault, seen: 0 });
  }

  /** So many of all requests are refused as too many; the same seed refuses the same ones. */
  throttle(share: number, seed = 1): void {
    [this.#throttledShare, this.#random] = [share, seed];
  }

  /** Everything goes well again. */
  heal(): void {
    this.#rules = [];
    this.#throttledShare = 0;
    this.latencyMs = 0;
    this.onChange = () => {};
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await once(this.#server, 'close').catch(() => {});
  }

  async #handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(asked);
    const { Action: action = '', Version = '', ...fields } = Object.fromEntries(new URLSearchParams(body.toString()));
    const service = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(asked.headers.authorization ?? '')?.[1] ?? '';
    const call: CloudCall = { phase: this.#phase, service, action, mutates: !isRead.test(action), fields };
    this.calls.push(call);
    const fault = this.#faultOf(call);
    if (fault !== undefined) call.fault = fault.does === 'refuse' ? fault.code : fault.does;
    if (this.latencyMs > 0) await sleep(this.latencyMs);
    if (fault?.does === 'delay') await sleep(fault.ms);
    if (fault?.does === 'cut') return void asked.socket.destroy();
    if (fault?.does === 'refuse') return send(answer, call, fault.status, 'text/xml', refusal(service, fault.code));
    if (call.mutates && (await this.onChange('before', call)) === 'cut') return void asked.socket.destroy();
    const ask = async (of: Readonly<Record<string, string>>) =>
      (await this.#forward(asked, Buffer.from(new URLSearchParams({ ...of, Version }).toString()))).text;
    const answered = await this.#correct(call, () => this.#forward(asked, body), ask);
    const isCut = call.mutates && (await this.onChange('after', call)) === 'cut';
    if (isCut || fault?.does === 'lose-answer') return void asked.socket.destroy();
    send(answer, call, answered.status, answered.type, answered.text);
  }

  #faultOf(call: CloudCall): Fault | undefined {
    let found: Fault | undefined;
    for (const rule of this.#rules) {
      if (rule.action !== call.action) continue;
      rule.seen += 1;
      if (rule.nth === undefined || rule.nth === rule.seen) found ??= rule.fault;
    }
    if (found !== undefined || this.#throttledShare === 0 || this.#next() >= this.#throttledShare) return found;
    return {
      does: 'refuse',
      status: call.service === 'ec2' ? 503 : 400,
      code: call.service === 'ec2' ? reason.ec2 : reason.elasticloadbalancing,
    };
  }

  /** A linear congruential generator: the same seed, the same faults. */
  #next(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#random / 2 ** 32;
  }

  #forward(asked: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#target;
      const { method, url, headers } = asked;
      const sent = { ...headers, 'content-length': String(body.length) };
      const out = request({ hostname, port, method, path: url, headers: sent, agent: this.#agent }, (response) => {
        text(response).then(
          (body) => resolve({ status: response.statusCode ?? 502, type: response.headers['content-type'] ?? 'text/xml', text: body }),
          reject,
        );
      });
      out.once('error', reject).end(body);
    });
  }
}

function send(answer: ServerResponse, call: CloudCall, status: number, type: string, body: string): void {
  call.status = status;
  answer.writeHead(status, { 'content-type': type }).end(body);
}

function refusal(service: string, code: string): string {
  const error = `<Error><Code>${code}</Code><Message>refused by the proxy</Message></Error>`;
  return service === 'ec2' ? `<Response><Errors>${error}</Errors></Response>` : `<ErrorResponse>${error}</ErrorResponse>`;
}
