import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { expect, onTestFinished, test } from 'vitest';
import { answerTo, questionOf } from './dns-message.ts';

/** A resolver that asks a server with these names. */
async function resolverOf(names: ReadonlyMap<string, readonly string[]>): Promise<Resolver> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.on('message', (query, from) => {
    const question = questionOf(query);
    if (question !== undefined) socket.send(answerTo(question, names.get(question.name)), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return resolver;
}

test('a resolver understands the answers', async () => {
  const resolver = await resolverOf(new Map([['web.shop.svc.cluster.local', ['10.96.0.7', '10.96.0.8']]]));

  expect(await resolver.resolve4('Web.shop.svc.cluster.local')).toEqual(['10.96.0.7', '10.96.0.8']);
  await expect(resolver.resolve6('web.shop.svc.cluster.local')).rejects.toThrow('ENODATA');
  await expect(resolver.resolve4('web.shop')).rejects.toThrow('ENOTFOUND');
});

test.each([
  ['an answer', 0x8000, 1, '0161000001'],
  ['two questions', 0, 2, '0161000001'],
  ['no end of the name', 0, 1, '0161'],
  ['a name that points elsewhere', 0, 1, 'c00c00010001'],
  ['no type', 0, 1, '016100'],
])('%s is no question', (_, flags, questions, rest) => {
  const query = Buffer.alloc(12);
  query.writeUInt16BE(flags, 2);
  query.writeUInt16BE(questions, 4);

  expect(questionOf(Buffer.concat([query, Buffer.from(rest, 'hex')]))).toBeUndefined();
  expect(questionOf(query.subarray(0, 4))).toBeUndefined();
});
