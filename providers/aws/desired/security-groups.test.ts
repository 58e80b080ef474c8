import { describe, expect, it } from 'vitest';
import { fieldPath } from '../../../src/model/ids.ts';
import type { Settings } from '../settings/settings.ts';
import { group } from './compile-stand-ins.ts';
import { groupsAsked, securityGroups } from './security-groups.ts';
import { findings, silent, told } from './stand-ins.ts';

const known = [group('sg-1', 'front'), group('sg-2', 'twin'), group('sg-3', 'twin'), group('sg-4', 'extra')];

function groups(said: Partial<Settings>, sourceRanges?: string) {
  const found = findings();
  const origin = sourceRanges === undefined ? {} : { sourceRanges: fieldPath(sourceRanges) };
  const result = securityGroups({ settings: { ...silent, ...said }, origin }, known, found);
  return { groups: result, refused: told(found.refusals), noted: found.notices.map(({ field, kind }) => `${kind} ${field}`) };
}

describe('of a load balancer', () => {
  it.each<[Partial<Settings>, ReturnType<typeof securityGroups>]>([
    [{}, ['frontend', 'backend']],
    [{ manageBackendRules: false }, ['frontend']],
    [{ extraSecurityGroups: ['extra', 'sg-1'] }, ['frontend', { id: 'sg-4' }, { id: 'sg-1' }, 'backend']],
    [{ securityGroups: ['sg-1', 'extra'] }, [{ id: 'sg-1' }, { id: 'sg-4' }]],
    [{ securityGroups: ['front'], manageBackendRules: true }, [{ id: 'sg-1' }, 'backend']],
    [{ securityGroups: ['sg-1'], extraSecurityGroups: ['front', 'extra'] }, [{ id: 'sg-1' }, { id: 'sg-4' }]],
  ])('%j: %j', (said, expected) => {
    expect(groups(said)).toEqual({ groups: expected, refused: [], noted: [] });
  });

  it.each<[Partial<Settings>, string]>([
    [{ securityGroups: ['sg-9'] }, 'securityGroups: "sg-9" is no security group of the VPC'],
    [{ extraSecurityGroups: ['nobody'] }, 'extraSecurityGroups: "nobody" is no security group of the VPC'],
    [{ securityGroups: ['twin'] }, 'securityGroups: several security groups have the Name tag "twin": sg-2, sg-3'],
  ])('%j is refused', (said, text) => {
    expect(groups(said).refused).toEqual([expect.stringContaining(text)]);
  });

  it('who brings them holds the rules, and is told which settings then have no effect', () => {
    const said = { securityGroups: ['sg-1'], securityGroupPrefixLists: ['pl-1'], pathMtuDiscovery: 'on' } as const;
    expect(groups(said, 'spec.loadBalancerSourceRanges').noted).toEqual([
      'service spec.loadBalancerSourceRanges',
      'info securityGroupPrefixLists',
      'info pathMtuDiscovery',
    ]);
  });
});

it('are asked for by id and by Name tag, each once', () => {
  const said = { ...silent, securityGroups: ['sg-1', 'front'], extraSecurityGroups: ['sg-1', 'extra'] };
  expect(groupsAsked({ settings: said })).toEqual({ ids: ['sg-1'], names: ['front', 'extra'] });
});
