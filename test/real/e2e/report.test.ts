import { expect, test } from 'vitest';
import { readReport } from './report.ts';

const spec = (text: string, state: string, message?: string) => ({
  ContainerHierarchyTexts: ['[sig-network] LoadBalancers [Feature:LoadBalancer]'],
  LeafNodeType: 'It',
  LeafNodeText: text,
  State: state,
  RunTime: 24_300_000_000,
  ...(message === undefined ? {} : { Failure: { Message: message } }),
});
const suiteNode = { ContainerHierarchyTexts: null, LeafNodeType: 'ReportAfterSuite', LeafNodeText: '', State: 'passed', RunTime: 0 };
const reportOf = (...specs: readonly object[]) => readReport(JSON.stringify([{ SpecReports: [...specs, suiteNode] }]));

test('names lose their tags, times are seconds', () => {
  const { outcomes } = reportOf(spec('should work [Slow] [LinuxOnly]', 'passed'));

  expect(outcomes).toEqual([{ name: 'LoadBalancers should work', state: 'passed', seconds: 24.3, message: '' }]);
});

test('a test that skipped itself has a reason; one that nobody chose is only known', () => {
  const { known, outcomes } = reportOf(spec('should skip', 'skipped', 'Need two nodes'), spec('should rest', 'skipped'));

  expect(known).toEqual(['LoadBalancers should skip', 'LoadBalancers should rest']);
  expect(outcomes).toMatchObject([{ name: 'LoadBalancers should skip', state: 'skipped', message: 'Need two nodes' }]);
});

test.each(['failed', 'timedout', 'panicked', 'interrupted', 'aborted', 'a word of later versions'])('%s is a failure', (state) => {
  expect(reportOf(spec('should work', state, 'why')).outcomes).toMatchObject([{ state: 'failed', message: 'why' }]);
});

test('a report of another shape is an error', () => {
  expect(() => readReport('[{"specs": []}]')).toThrow('SpecReports');
});
