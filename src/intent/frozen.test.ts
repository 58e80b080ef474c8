import { describe, expect, it } from 'vitest';
import { aNode, aPort, aService } from '../../test/builders/views.ts';
import { clusterId } from '../model/ids.ts';
import { isFrozen, isGone } from '../model/spec.ts';
import { deepFreeze } from './deep-freeze.ts';
import { frozenOf, goneOf, ownerOf } from './frozen.ts';
import { MemberSets } from './nodes.ts';

const nodes = new MemberSets().of([aNode('a')]);
const { members, digest } = nodes;
const owner = ownerOf(aService(), clusterId('c'));

describe('frozenOf', () => {
  it('keeps the members and the node ports that there are', () => {
    const ports = [aPort(), aPort({ protocol: 'UDP', nodePort: 30_053, port: 53 }), aPort({ port: 81, nodePort: 0 })];

    const frozen = frozenOf(aService({ ports }), clusterId('c'), nodes);

    expect(isFrozen(frozen)).toBe(true);
    expect(frozen).toEqual({
      frozen: true,
      owner,
      members,
      membersDigest: digest,
      nodePorts: [
        { id: 'TCP/80', nodePort: 30_080 },
        { id: 'UDP/53', nodePort: 30_053 },
      ],
    });
    expect(frozen.members).toBe(members);
    expect(Object.isFrozen(frozen.nodePorts[0])).toBe(true);
  });
});

describe('goneOf', () => {
  it('takes everything away, with settings where they are known', () => {
    expect(goneOf(owner)).toStrictEqual({ gone: true, owner, leave: 'nothing' });
    expect(goneOf(owner, { zone: 'a' })).toEqual({ gone: true, owner, leave: 'nothing', settings: { zone: 'a' } });
    expect(isGone(goneOf(owner))).toBe(true);
  });

  it('takes only the marks off for a release', () => {
    expect(goneOf(owner, undefined, 'everything')).toEqual({ gone: true, owner, leave: 'everything' });
  });
});

it('deepFreeze freezes nested data and leaves what is frozen alone', () => {
  const inner = Object.freeze({ list: [1] });

  const value = deepFreeze({ a: { b: [{ c: 1 }] }, inner, none: null, nothing: undefined, text: 'x' });

  expect(Object.isFrozen(value.a.b[0])).toBe(true);
  expect(Object.isFrozen(inner.list)).toBe(false);
});
