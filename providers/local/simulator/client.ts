import type { TrafficAnswer } from '../../../src/conformance/simulation.ts';
import type { Protocol } from '../../../src/model/ids.ts';
import { parseIp } from '../../../src/net/ip.ts';
import type { Endpoint, Network, TcpConnection } from '../api/network.ts';

export type ClientNetwork = Pick<Network, 'connectTcp' | 'openFlow'>;

/** One request by a client of this network; `patience` resolves when it has waited for long enough. */
export async function requested(
  network: ClientNetwork,
  to: Endpoint,
  protocol: Protocol,
  patience: () => Promise<undefined>,
): Promise<TrafficAnswer> {
  if (protocol === 'SCTP') return 'no-answer';
  return protocol === 'TCP' ? requestedTcp(network, to, patience) : requestedUdp(network, to, patience);
}

async function requestedTcp(network: ClientNetwork, to: Endpoint, patience: () => Promise<undefined>): Promise<TrafficAnswer> {
  const connection = await network.connectTcp(to, 1000);
  if (typeof connection === 'string') return connection === 'refused' ? 'refused' : 'no-answer';
  const line = await Promise.race([lineOf(connection), patience()]);
  connection.abort();
  return line === undefined ? 'no-answer' : line === 'cut' ? 'refused' : answerOf(line.text);
}

async function requestedUdp(network: ClientNetwork, to: Endpoint, patience: () => Promise<undefined>): Promise<TrafficAnswer> {
  const answered = Promise.withResolvers<TrafficAnswer>();
  const flow = network.openFlow(
    to,
    (data) => answered.resolve(answerOf(data.toString())),
    () => answered.resolve('refused'),
  );
  flow.send(Buffer.from('hello\n'));
  const answer = await Promise.race([answered.promise, patience()]);
  flow.close();
  return answer ?? 'no-answer';
}

function lineOf({ stream }: TcpConnection): Promise<{ readonly text: string } | 'cut'> {
  return new Promise((resolve) => {
    let text = '';
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve({ text: text.slice(0, text.indexOf('\n')) });
    });
    stream.on('close', () => resolve('cut'));
    stream.on('end', () => resolve('cut'));
    stream.write('hello\n');
  });
}

/** What `NodePorts` answers, read back. */
function answerOf(text: string): TrafficAnswer {
  const [node = '', version, client = ''] = text.split(' ');
  const address = parseIp(client);
  return address === undefined ? { node } : { node, proxied: { version: version === '1' ? 1 : 2, client: address } };
}
