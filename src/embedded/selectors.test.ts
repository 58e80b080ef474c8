import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import type { KubeObject } from './kube-object.ts';
import { fieldSelector, labelSelector } from './selectors.ts';

const labelled = (labels: Record<string, string>): KubeObject => ({ kind: 'X', apiVersion: 'v1', metadata: { name: 'n', labels } });

describe('label selectors', () => {
  test.each([
    ['', {}, true],
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'c' }, false],
    ['a!=b', { a: 'b' }, false],
    ['a!=b', {}, true],
    ['a in (b, c)', { a: 'c' }, true],
    ['a in (b,c),d', { a: 'c' }, false],
    ['a notin (b,c)', { a: 'd' }, true],
    ['a notin (b,c)', {}, true],
    ['a', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['a=', { a: '' }, true],
    ['example.com/x=1,!y', { 'example.com/x': '1' }, true],
  ])('%s on %j', (selector, labels, expected) => {
    expect(labelSelector(selector)(labelled(labels))).toBe(expected);
  });

  test.each(['==', 'a===b', 'a in b', 'a=b=c', '(a)'])('%s is refused', (selector) => {
    expect(() => labelSelector(selector)).toThrow(/found|expected/);
  });
});

describe('field selectors', () => {
  const object: KubeObject = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: 'web', namespace: 'ns' },
    spec: { type: 'LoadBalancer', unschedulable: true },
    source: { component: 'c' },
  };
  const matches = (selector: string, kind = 'Service', of: JsonObject = object) => fieldSelector(selector, kind).matches(of as KubeObject); // built here

  test.each([
    ['metadata.name=web,metadata.namespace==ns', 'Service', true],
    ['metadata.name!=web', 'Service', false],
    ['spec.type=LoadBalancer', 'Service', true],
    ['spec.clusterIP=', 'Service', true],
    ['spec.unschedulable=true', 'Node', true],
    ['source=c', 'Event', true],
    ['involvedObject.name=', 'Event', true],
  ])('%s of a %s', (selector, kind, expected) => {
    expect(matches(selector, kind)).toBe(expected);
  });

  test('tell the one name that can match', () => {
    expect(fieldSelector('metadata.name=web', 'Service').name).toBe('web');
    expect(fieldSelector('metadata.name!=web', 'Service').name).toBeUndefined();
  });

  test('of other fields, or none, are refused', () => {
    expect(() => fieldSelector('spec.colour=x', 'Service')).toThrow('field label not supported: spec.colour');
    expect(() => fieldSelector('nonsense', 'Service')).toThrow('invalid selector');
  });
});
