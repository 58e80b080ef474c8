import { describe, expect, it } from 'vitest';
import { fakeSettings } from '../../test/builders/fake-settings.ts';
import type { Refusal } from '../model/plan.ts';
import { readNodeSelector } from './node-selector.ts';

const ours = 'portolan.dev/node-selector';
const theirs = 'loadbalancer.openstack.org/node-selector';

function read(annotations: Readonly<Record<string, string>>, classSettings: Readonly<Record<string, unknown>> = {}) {
  const refusals: Refusal[] = [];
  return { said: readNodeSelector(fakeSettings, annotations, classSettings, refusals), refusals };
}

describe('a node selector', () => {
  it.each([
    ['pool=edge', ['pool=edge']],
    [' zone = a , pool=edge,pool=edge', ['pool=edge', 'zone=a']],
    ['gpu', ['gpu']],
    ['gpu=', ['gpu']],
    ['node-role.kubernetes.io/worker', ['node-role.kubernetes.io/worker']],
    ['', []],
  ])('%j is read as %j', (text, value) => {
    expect(read({ [ours]: text })).toEqual({ said: { value, from: ours }, refusals: [] });
  });

  it.each([
    ['pool==edge', '"pool==edge" is no label, such as pool=edge'],
    ['pool in (edge)', '"pool in (edge)" is no label, such as pool=edge'],
    ['=edge', '"=edge" is no label, such as pool=edge'],
    ['pool=-edge', '"pool=-edge" is no label, such as pool=edge'],
    [`${'k'.repeat(64)}=v`, `"${'k'.repeat(64)}=v" is no label, such as pool=edge`],
    ['pool=edge,pool=core', 'no node has two values of the label pool'],
  ])('%j is refused, and chooses nothing', (text, why) => {
    expect(read({ [ours]: text })).toEqual({ said: 'unreadable', refusals: [{ reason: 'InvalidSetting', text: why, field: ours }] });
  });

  it("is the Service's, else its class's, else there is none", () => {
    expect(read({ [ours]: 'pool=edge' }, { selector: ['pool=core'] }).said).toEqual({ value: ['pool=edge'], from: ours });
    expect(read({}, { selector: ['pool=core'] }).said).toEqual({ value: ['pool=core'], from: 'settings.selector' });
    expect(read({}, { nodeSelector: ['pool=core'] }).said).toEqual({ value: ['pool=core'], from: 'settings.nodeSelector' });
    expect(read({ [ours]: '' }, { selector: ['pool=core'] }).said).toEqual({ value: [], from: ours });
    expect(read({}).said).toBeUndefined();
  });

  it('has two spellings, which must agree', () => {
    expect(read({ [ours]: 'a=1,b=2', [theirs]: 'b=2, a=1' }).said).toEqual({ value: ['a=1', 'b=2'], from: ours });
    const { said, refusals } = read({ [ours]: 'a=1', [theirs]: 'a=2' });
    expect(said).toBe('unreadable');
    expect(refusals).toMatchObject([{ reason: 'ConflictingSettings', field: ours }]);
  });
});
