import { describe, expect, it } from 'vitest';
import { healthAnswer, singleHealthAnswer } from './health-answer.ts';

const results = [
  { name: 'leaderElection', cause: undefined },
  { name: 'service-lb-controller', cause: 'stuck since an hour' },
];
const good = results.slice(0, 1);
const query = (text: string) => new URLSearchParams(text);

describe('a health page (as the upstream cloud-controller-manager 1.36 answered)', () => {
  it.each([
    ['', good, 200, 'ok'],
    ['verbose', good, 200, '[+]leaderElection ok\nhealthz check passed\n'],
    ['verbose', [], 200, '[+]ping ok\nhealthz check passed\n'],
    ['', results, 500, '[+]leaderElection ok\n[-]service-lb-controller failed: reason withheld\nhealthz check failed\n'],
    ['exclude=service-lb-controller', results, 200, 'ok'],
    [
      'verbose&exclude=service-lb-controller',
      results,
      200,
      '[+]leaderElection ok\n[+]service-lb-controller excluded: ok\nhealthz check passed\n',
    ],
    [
      'verbose&exclude=nope&exclude=nada',
      good,
      200,
      '[+]leaderElection ok\nwarn: some health checks cannot be excluded: no matches for "nada","nope"\nhealthz check passed\n',
    ],
  ])('?%s', (text, checks, status, body) => {
    expect(healthAnswer('/healthz', checks, query(text))).toEqual({ status, type: 'text/plain; charset=utf-8', body });
  });
});

it('a single check says why', () => {
  expect(singleHealthAnswer('leaderElection', results)).toMatchObject({ status: 200, body: 'ok' });
  expect(singleHealthAnswer('service-lb-controller', results)).toMatchObject({
    status: 500,
    body: 'internal server error: stuck since an hour\n',
  });
  expect(singleHealthAnswer('nope', results)).toBeUndefined();
  expect(singleHealthAnswer('ping', [])).toMatchObject({ status: 200 });
});
