import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';

/** What a toy node says to whoever reaches it: one line of JSON. */
export interface ToyAnswer {
  /** The node that was reached. */
  readonly node: string;
  /** The node of the endpoint it forwarded to. */
  readonly endpointNode: string;
  /** Who asked, `address:port`, as the node sees it. */
  readonly client: string;
  /** The node port that was reached. */
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  /** UDP only: what was asked, as text; absent for an empty datagram and for one too big to be repeated. */
  readonly echo?: string;
}

/** For how long a node waits for the client to speak first. A browser or curl does so at once, `nc` does not. */
const patienceMs = 250;

const httpRequest = /^[A-Z]+ \S+ HTTP\/1\.[01]\r\n/;

/**
 * One TCP conversation. Whoever speaks HTTP gets an HTTP response; everybody else gets the answer as one line, then
 * every byte back until they are done. The node waits for the first bytes, for the end of the client's half, or for
 * `patienceMs`, so that clients of every kind learn who answered. The connection must allow half-open ends.
 */
export function converse(connection: Socket, answer: ToyAnswer, clock: Clock): void {
  const line = `${JSON.stringify(answer)}\n`;
  let told = false;
  const tell = (first?: Buffer) => {
    if (told) return;
    told = true;
    cancel();
    connection.off('data', tell);
    if (first !== undefined && httpRequest.test(first.toString('latin1'))) {
      connection.end(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(line)}\r\nConnection: close\r\n\r\n${line}`,
      );
      connection.resume();
      return;
    }
    connection.write(line);
    if (first !== undefined) connection.write(first);
    connection.pipe(connection);
  };
  const cancel = clock.after(patienceMs, () => tell());
  connection.on('data', tell);
  connection.once('end', () => {
    tell();
    connection.end();
  });
  connection.once('close', cancel);
}

/** What IPv4 can carry in one datagram. */
const datagramBytes = 65_507;

/** The answer to one datagram, as one datagram. */
export function datagramAnswer(answer: ToyAnswer, asked: Buffer): string {
  const echo = asked.toString('utf8');
  const whole = `${JSON.stringify({ ...answer, echo })}\n`;
  return echo === '' || Buffer.byteLength(whole) > datagramBytes ? `${JSON.stringify(answer)}\n` : whole;
}
