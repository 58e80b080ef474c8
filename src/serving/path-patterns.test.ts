import { expect, it } from 'vitest';
import { pathMatcher } from './path-patterns.ts';

it('matches a path itself, or everything behind a trailing star', () => {
  const matches = pathMatcher(['/healthz', 'livez', '/debug/*'], '--flag');

  expect(['/healthz', '/livez', '/debug/', '/debug/a/b'].filter((path) => !matches(path))).toEqual([]);
  expect(['/', '/healthz/', '/healthz/leaderElection', '/readyz', '/debug', '/metrics'].filter(matches)).toEqual([]);
  expect(pathMatcher([], '--flag')('/healthz')).toBe(false);
  expect(pathMatcher(['*'], '--flag')('/anything')).toBe(true);
});

it('refuses a star elsewhere', () => {
  expect(() => pathMatcher(['/a*/b'], '--flag')).toThrow(expect.objectContaining({ code: 'InvalidFlag', field: '--flag' }));
});
