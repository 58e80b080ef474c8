/** A server for tests that answers Amazon's way what it was given to answer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { systemClock } from '../../../src/clock.ts';
import type { Amazon } from './amazon.ts';
import { amazonBySdk } from './sdk-amazon.ts';

/** The body of an answer, or an error's status and name. */
export type Canned = string | readonly [status: number, code: string];
export type Sent = Readonly<Record<string, string>>;

export interface CannedAmazon extends Amazon {
  /** The fields of each request, in their order, without action and version. */
  readonly sent: readonly Sent[];
  readonly actions: readonly string[];
  /** Whose key signed each of them. */
  readonly signers: readonly string[];
  /** What the next requests are answered with, one after the other; then everything is answered with nothing. */
  answers(...next: readonly Canned[]): void;
}

export async function cannedAmazon(): Promise<CannedAmazon> {
  const sent: Sent[] = [];
  const actions: string[] = [];
  const signers: string[] = [];
  const queue: Canned[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { Action = '', Version, ...fields } = Object.fromEntries(new URLSearchParams(body.toString()));
      sent.push(fields);
      actions.push(Action);
      signers.push(/Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'nobody');
      const next = queue.shift() ?? '';
      const isEc2 = Version === '2016-11-15';
      const [status, xml] = typeof next === 'string' ? [200, answerOf(Action, next, isEc2)] : [next[0], refusalOf(next[1], isEc2)];
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const amazon = amazonBySdk({ region: 'eu-west-1', endpoint: `http://127.0.0.1:${port}` }, systemClock);
  return {
    ...amazon,
    sent,
    actions,
    signers,
    answers: (...next) => void queue.push(...next),
    close: () => {
      amazon.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

function answerOf(action: string, body: string, isEc2: boolean): string {
  return isEc2
    ? `<${action}Response>${body}</${action}Response>`
    : `<${action}Response><${action}Result>${body}</${action}Result></${action}Response>`;
}

function refusalOf(code: string, isEc2: boolean): string {
  const error = `<Error><Code>${code}</Code><Message>no</Message></Error>`;
  return isEc2 ? `<Response><Errors>${error}</Errors></Response>` : `<ErrorResponse>${error}</ErrorResponse>`;
}
