import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { answerTo, questionOf, type Question } from './dns-message.ts';

/**
 * `dns.ts ADDRESS SERVER TOKENFILE`: what cluster DNS says about Services, in IPv4 and on UDP port 53 of an address. It asks the API server
 * each time, which must be trusted by NODE_EXTRA_CA_CERTS.
 */
const [address, server, tokenFile = ''] = process.argv.slice(2);
const authorization = `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`;
const socket = createSocket('udp4');

socket.on('message', (query, from) => {
  const question = questionOf(query);
  if (question === undefined) return;
  addressesOf(question).then(
    (addresses) => socket.send(answerTo(question, addresses), from.port, from.address),
    // No answer: the resolver asks again.
    (thrown: unknown) => process.stderr.write(`${question.name}: ${String(thrown)}\n`),
  );
});
socket.bind(53, address);

/** Undefined where there is no such name. A headless Service has no address here, because no test asks for one. */
async function addressesOf({ name }: Question): Promise<readonly string[] | undefined> {
  const [, service, namespace] = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(name) ?? [];
  if (service === undefined || namespace === undefined) return undefined;
  const answer = await fetch(`${server}/api/v1/namespaces/${namespace}/services/${service}`, { headers: { authorization } });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`the API server says ${answer.status}`);
  const { spec } = (await answer.json()) as { spec: { clusterIPs?: readonly string[] } }; // a Service
  return (spec.clusterIPs ?? []).filter((ip) => isIPv4(ip));
}
