import { expect, test } from 'vitest';
import { focusOn, listedTests, selected } from './tests.ts';

const named = (part: string) => listedTests.filter(({ name }) => name.includes(part));

test('a focus fits the full name of its test, with tags before and after, and no other', () => {
  const focus = new RegExp(focusOn(named('session affinity work')));

  expect(
    '[sig-network] LoadBalancers [Feature:LoadBalancer] should have session affinity work for LoadBalancer service with Local traffic policy [Slow] [LinuxOnly]',
  ).toMatch(focus);
  expect(
    '[sig-network] LoadBalancers [Feature:LoadBalancer] should be able to switch session affinity for LoadBalancer service with Local traffic policy [Slow] [LinuxOnly]',
  ).not.toMatch(focus);
  expect('[sig-network] Services should have session affinity work for NodePort service [LinuxOnly]').not.toMatch(focus);
});

test('a focus takes a group by its whole name, and characters as they are', () => {
  const focus = new RegExp(focusOn(named('should work for type=LoadBalancer')));

  expect(
    '[sig-network] LoadBalancers ExternalTrafficPolicy: Local [Feature:LoadBalancer] [Slow] should work for type=LoadBalancer',
  ).toMatch(focus);
  expect('[sig-network] LoadBalancers [Feature:LoadBalancer] should work for type=LoadBalancer').not.toMatch(focus);
  expect('[sig-network] Services should aXb').not.toMatch(new RegExp(focusOn([{ name: 'Services should a.b', process: 1 }])));
});

test('the two suites run every test in both modes once, but for those left out with a reason', () => {
  const inClass = [...selected('e2e', 'class'), ...selected('e2e-long', 'class')];

  expect(inClass.length).toBe(new Set(inClass).size);
  expect(listedTests.filter((listed) => !inClass.includes(listed))).toEqual([...named('without NodePort'), ...named('cleanup finalizer')]);
  expect(listedTests.filter((listed) => !selected('e2e-long', 'ccm').includes(listed))).toEqual(named('without NodePort'));
});
