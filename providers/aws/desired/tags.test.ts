import { expect, it } from 'vitest';
import { listenerId } from '../../../src/model/ids.ts';
import { marksOf } from '../../../src/model/owner.ts';
import { owner } from './compile-stand-ins.ts';
import { findings, told } from './stand-ins.ts';
import { askedTags, tagsOf, targetGroupTags } from './tags.ts';

function tagged(resourceTags: Readonly<Record<string, string>>) {
  const found = findings();
  return { tags: tagsOf(owner, { resourceTags }, found), refused: told(found.refusals) };
}

it('are the marks of the owner, and what is asked for with its keys remembered', () => {
  expect(tagged({}).tags).toEqual(marksOf(owner));
  const { tags, refused } = tagged({ team: 'web', 'example.com/cost': 'a=b c' });
  expect(tags).toEqual({ ...marksOf(owner), team: 'web', 'example.com/cost': 'a=b c', 'portolan.dev/tags': 'example.com/cost+team' });
  expect(refused).toEqual([]);
});

it('are the same in whatever order they are asked for', () => {
  expect(tagged({ b: '1', a: '2' }).tags).toEqual(tagged({ a: '2', b: '1' }).tags);
});

it('tell which of them were asked for, so that one that is asked for no more can go', () => {
  expect(askedTags(tagged({ team: 'web', stage: 'x' }).tags)).toEqual(['stage', 'team']);
  expect(askedTags(tagged({}).tags)).toEqual([]);
});

it('of a target group name its listeners, in characters that Amazon takes', () => {
  const tags = targetGroupTags({ a: 'b' }, [listenerId('TCP', 53), listenerId('UDP', 53)]);
  expect(tags).toEqual({ a: 'b', 'portolan.dev/listener': 'TCP/53+UDP/53' });
});

const many = (count: number, length = 2): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index).padStart(length, '0'), 'x']));

it.each<[Readonly<Record<string, string>>, string | undefined]>([
  [{ 'portolan.dev/key': 'service/other' }, "Portolan's own"],
  [{ 'aws:cloudformation:stack-name': 'x' }, "Amazon's own"],
  [{ 'AWS:x': 'x' }, "Amazon's own"],
  [{ ['x'.repeat(129)]: 'x' }, 'more than 128 characters'],
  [{ ['x'.repeat(128)]: 'x'.repeat(256) }, undefined],
  [{ x: 'x'.repeat(257) }, 'more than 256 characters'],
  [{ x: 'a;b' }, 'a character that is no letter'],
  [{ 'Straße 1': 'ä' }, undefined],
  [{ 'a+b': 'x' }, 'separates keys'],
  [many(40), undefined],
  [many(41), '41 tags are asked for, and 40 are the most'],
  [many(10, 25), '259 characters, and 256 are the most'],
])('%j: %s', (tags, text) => {
  expect(tagged(tags).refused).toEqual(text === undefined ? [] : [expect.stringContaining(text)]);
});
