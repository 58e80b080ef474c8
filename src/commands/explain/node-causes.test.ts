import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { aNode } from '../../../test/builders/views.ts';
import { isEligible } from '../../intent/nodes.ts';
import { causesOut } from './node-causes.ts';

const exclude = 'node.kubernetes.io/exclude-from-external-load-balancers';
const autoscaler = 'ToBeDeletedByClusterAutoscaler';

it('names every mark that keeps a Node out', () => {
  const node = aNode('n1', { deleting: true, taintKeys: ['other', autoscaler], labels: { [exclude]: '', zone: 'a' } });
  expect(causesOut(node)).toEqual(['it is being deleted', `taint ${autoscaler}`, `label ${exclude}=""`]);
});

it('names every label that is asked for and missing', () => {
  const node = aNode('n1', { labels: { pool: 'core' } });
  expect(causesOut(node, ['gpu', 'pool=edge', 'pool'])).toEqual(['not labelled gpu', 'not labelled pool=edge']);
});

it('finds a cause exactly where a Node is not eligible', () => {
  const labels = fc.dictionary(
    fc.constantFrom(exclude, 'node-role.kubernetes.io/control-plane', 'zone'),
    fc.constantFrom('', 'true', 'false', 'x'),
  );
  const taintKeys = fc.array(fc.constantFrom(autoscaler, 'node.kubernetes.io/not-ready', 'other'));
  fc.assert(
    fc.property(fc.boolean(), taintKeys, labels, (deleting, taints, marks) => {
      const node = aNode('n1', { deleting, taintKeys: taints, labels: marks });
      expect(causesOut(node).length === 0).toBe(isEligible(node));
    }),
  );
});
