import { expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';

it('takes what it knows and drops what is empty', () => {
  const environment = readEnvironment({ KUBECONFIG: '/a:/b', HOME: '/home/x', NO_COLOR: '', SECRET: 'y', POD_NAME: undefined });

  expect(environment).toEqual({ KUBECONFIG: '/a:/b', HOME: '/home/x' });
  expect(Object.isFrozen(environment)).toBe(true);
});

it('reads the process by default', () => {
  expect(readEnvironment().HOME).toBe(process.env['HOME'] === '' ? undefined : process.env['HOME']);
});
