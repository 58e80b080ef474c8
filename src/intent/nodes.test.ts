import { describe, expect, it } from 'vitest';
import { aNode, external, internal } from '../../test/builders/views.ts';
import { isEligible, MemberSets } from './nodes.ts';

const excluded = (value: string) => aNode('a', { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': value } });

describe('isEligible (contract K1–K3)', () => {
  it.each(['false', 'False', 'FALSE', 'f', 'F', '0'])('keeps a node whose exclude label is %j', (value) => {
    expect(isEligible(excluded(value))).toBe(true);
  });

  it.each(['true', 'True', 'TRUE', 't', 'T', '1', '', 'yes', 'no', 'FaLsE', ' false'])(
    'leaves out a node whose exclude label is %j',
    (value) => {
      expect(isEligible(excluded(value))).toBe(false);
    },
  );

  it('leaves out what is deleted, or about to be by the autoscaler', () => {
    expect(isEligible(aNode('a', { deleting: true }))).toBe(false);
    expect(isEligible(aNode('a', { taintKeys: ['x', 'ToBeDeletedByClusterAutoscaler'] }))).toBe(false);
  });

  it('keeps control planes, cordoned, uninitialized and unready nodes', () => {
    const taintKeys = ['node-role.kubernetes.io/control-plane', 'node.kubernetes.io/unschedulable', 'node.kubernetes.io/not-ready'];
    expect(isEligible(aNode('a', { taintKeys: [...taintKeys, 'node.cloudprovider.kubernetes.io/uninitialized'] }))).toBe(true);
    expect(isEligible(aNode('a'))).toBe(true);
  });
});

describe('MemberSets', () => {
  it('sorts by name and leaves out what is not eligible', () => {
    const { members } = new MemberSets().of([aNode('c'), excluded('true'), aNode('b', { providerId: 'x:///b', zone: 'z1' })]);

    expect(members).toStrictEqual([
      { node: 'b', providerId: 'x:///b', zone: 'z1', addresses: { IPv4: '10.0.0.1' } },
      { node: 'c', addresses: { IPv4: '10.0.0.1' } },
    ]);
  });

  it('sorts by name, whatever the order', () => {
    const names = ['d', 'b', 'e', 'a', 'c', 'a2'];
    const { members } = new MemberSets().of(names.map((name) => aNode(name)));
    expect(members.map(({ node }) => node)).toEqual(names.toSorted());
  });

  it('takes the first internal address of each family, else the first external one', () => {
    const addresses = [external('192.0.2.9'), external('2001:db8::9'), external('2001:db8::8'), internal('10.0.0.5'), internal('10.0.0.6')];

    const { members } = new MemberSets().of([aNode('a', { addresses }), aNode('b', { addresses: [] })]);

    expect(members.map((member) => member.addresses)).toEqual([{ IPv4: '10.0.0.5', IPv6: '2001:db8::9' }, {}]);
  });

  it('gives the same frozen array for an equal set, in any order and with other labels', () => {
    const sets = new MemberSets();
    const first = sets.of([aNode('a'), aNode('b')]);

    const second = sets.of([aNode('b', { labels: { x: 'y' }, uid: 'other' }), aNode('a', { providerId: '' })]);

    expect(second.members).toBe(first.members);
    expect(Object.isFrozen(first.members)).toBe(true);
    expect(Object.isFrozen(first.members[0]?.addresses)).toBe(true);
  });

  it('tells sets apart that differ in a node, a provider id, a zone or an address', () => {
    const sets = new MemberSets();
    const others = [[], [aNode('b')], [aNode('a', { providerId: 'x' })], [aNode('a', { zone: 'z' })], [aNode('a', { addresses: [] })]];

    const digests = [[aNode('a')], ...others].map((nodes) => sets.of(nodes).digest);

    expect(new Set(digests).size).toBe(digests.length);
  });

  it('remembers eight sets', () => {
    const sets = new MemberSets();
    const first = sets.of([aNode('first')]);
    for (let index = 0; index < 7; index++) sets.of([aNode(`n${index}`)]);

    expect(sets.of([aNode('first')]).members).toBe(first.members);
  });

  it('forgets the set that was not asked for longest', () => {
    const sets = new MemberSets();
    const [first, kept] = [sets.of([aNode('first')]), sets.of([aNode('kept')])];
    for (let index = 0; index < 8; index++) {
      sets.of([aNode(`n${index}`)]);
      expect(sets.of([aNode('kept')]).members).toBe(kept.members);
    }

    const again = sets.of([aNode('first')]);

    expect(again.members).not.toBe(first.members);
    expect(again.members).toEqual(first.members);
  });
});

describe('a selector', () => {
  const nodes = [
    aNode('a', { labels: { pool: 'edge', disk: '' } }),
    aNode('b', { labels: { pool: 'edge' } }),
    aNode('c', { labels: { pool: 'core', disk: 'ssd' } }),
    aNode('d'),
    aNode('e', { labels: { pool: 'edge', 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' } }),
  ];
  const chosenBy = (selector: readonly string[]) =>
    new MemberSets()
      .of(nodes)
      .select(selector)
      .members.map(({ node }) => node);

  it.each([
    [[], ['a', 'b', 'c', 'd']],
    [['pool=edge'], ['a', 'b']],
    [['disk'], ['a', 'c']],
    [['disk=ssd'], ['c']],
    [['disk', 'pool=edge'], ['a']],
    [['pool=none'], []],
    [['constructor'], []],
  ])('%j chooses the eligible nodes that have every label: %j', (selector, names) => {
    expect(chosenBy(selector)).toEqual(names);
  });

  it('gives the same frozen array for an equal choice, and all nodes as they are', () => {
    const sets = new MemberSets();
    const [first, second] = [sets.of(nodes), sets.of(nodes)];
    expect(second.select(['pool=edge']).members).toBe(first.select(['pool=edge']).members);
    expect(first.select(['pool']).members).toBe(first.select(['pool']).members);
    expect(first.select([]).members).toBe(first.members);
  });

  it('sees the labels of another moment on the nodes of this one', () => {
    const sets = new MemberSets();
    const later = sets.of([aNode('a'), aNode('d', { labels: { pool: 'edge' } }), aNode('new', { labels: { pool: 'edge' } })]);

    const both = sets.of(nodes).labelledAs(later);

    expect(both.members).toBe(sets.of(nodes).members);
    expect(both.select(['pool=edge']).members.map(({ node }) => node)).toEqual(['d']);
  });
});
