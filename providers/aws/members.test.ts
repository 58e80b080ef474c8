import { describe, expect, it } from 'vitest';
import type { Member } from '../../src/model/spec.ts';
import { instanceOf, instancesOf, targetsOf } from './members.ts';

const node = (name: string, providerId?: string): Member => ({
  node: name,
  addresses: {},
  ...(providerId === undefined ? {} : { providerId }),
});

describe('nodes as instances', () => {
  it.each([
    ['aws:///eu-central-1a/i-0123456789abcdef0', 'i-0123456789abcdef0'],
    ['aws:///i-01234567', 'i-01234567'],
    ['aws:///eu-central-1a/fargate-ip-10-0-0-1', undefined],
    ['aws://eu-central-1a/i-01234567', undefined],
    ['openstack:///1234', undefined],
    ['aws:///eu-central-1a/i-01234567/more', undefined],
    ['', undefined],
  ])('%s is %s', (providerId, id) => {
    expect(instanceOf({ providerId })).toBe(id);
  });

  it('one that is none, or does not run, is left out with its reason and hinders nobody', () => {
    const members = [
      node('b', 'aws:///a/i-bbbbbbbb'),
      node('new'),
      node('a', 'aws:///a/i-aaaaaaaa'),
      node('hybrid', 'metal:///rack-1'),
      node('stopped', 'aws:///a/i-cccccccc'),
      node('twin', 'aws:///a/i-aaaaaaaa'),
    ];
    expect(instancesOf(members, ['i-cccccccc'])).toEqual({
      ids: ['i-aaaaaaaa', 'i-bbbbbbbb'],
      leftOut: [
        { node: 'new', why: 'it has no provider id yet' },
        { node: 'hybrid', why: 'its provider id names no instance: metal:///rack-1' },
        { node: 'stopped', why: 'its instance i-cccccccc does not run' },
      ],
    });
  });

  it('are targets on a node port', () => {
    expect(targetsOf(['i-1'], 30_000)).toEqual([{ instanceId: 'i-1', port: 30_000 }]);
  });
});
