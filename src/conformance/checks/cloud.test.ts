import { expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { Rig } from '../rig.ts';
import { cloud } from './cloud.ts';

const uid = '00000000-0000-4000-8000-000000000001';
const shown: Record<string, JsonObject> = { [`service/${uid}`]: { name: 'front', rules: ['a', 'b'] } };
const rigWith = (look?: (key: string) => JsonObject): Rig =>
  ({
    simulation: look === undefined ? {} : { look },
    cluster: () => ({ view: () => ({ uid }) }),
    snapshots: new Map(),
  }) as unknown as Rig; // only what is looked at
const rig = rigWith((key) => shown[key] ?? {});
const at = (place: string, over: object = {}) => cloud(rig, { rows: [], check: 'cloud', service: 'web', at: place, ...over } as never); // a check of this kind

it('compares a place of what the cloud shows for the Service', () => {
  expect([at('/name', { equals: 'front' }), at('/rules', { equals: ['a', 'b'] }), at('/name', { matches: '^fr' })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(at('/name', { equals: 'back' })).toBe('/name in the cloud is "front"');
  expect(at('/name', { matches: '^ba' })).toBe('/name in the cloud is "front"');
});

it('tells a place that is there from one that is not', () => {
  expect(at('/gone', { absent: true })).toBeUndefined();
  expect(at('/gone', { equals: 'x' })).toBe('/gone in the cloud is undefined');
  expect(at('/name', { absent: true })).toBe('/name in the cloud is "front"');
});

it('is no check of a cloud that shows nothing', () => {
  expect(() => cloud(rigWith(), { check: 'cloud', service: 'web', at: '' })).toThrow('shows nothing');
});
