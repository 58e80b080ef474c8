import { describe, expect, it } from 'vitest';
import { keptLog, reviewApi } from '../../test/fixtures/review-api.ts';
import { ManualClock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { KubeClient } from '../kube/client.ts';
import { accessReview, AccessReviews } from './access-reviews.ts';
import { Reviewer } from './reviewer.ts';
import { tokenReview, TokenReviews } from './token-reviews.ts';

function world() {
  const api = reviewApi();
  const clock = new ManualClock();
  const kept = keptLog();
  const ending = new AbortController();
  const client = new KubeClient({ transport: api, clock });
  const tokens = new TokenReviews(new Reviewer(client, tokenReview, kept.log, ending.signal), clock, 10_000);
  const access = new AccessReviews(new Reviewer(client, accessReview, kept.log, ending.signal), clock, 10_000, 5_000);
  return { api, clock, tokens, access, ending, ...kept };
}

describe('tokens', () => {
  it('become the user the API server names, a member of system:authenticated', async () => {
    const { api, tokens } = world();
    api.tokens.set('t-bob', {
      username: 'bob',
      uid: 'u1',
      groups: ['dev'],
      extra: { 'authentication.kubernetes.io/pod-name': ['web-1'] },
    });
    api.tokens.set('t-bot', { username: 'bot', groups: ['system:authenticated'] });

    expect(await tokens.userOf('t-bob')).toEqual({
      name: 'bob',
      uid: 'u1',
      groups: ['dev', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/pod-name': ['web-1'] },
    });
    expect(await tokens.userOf('t-bot')).toEqual({ name: 'bot', groups: ['system:authenticated'] });
  });

  it('are reviewed again after the time, and each time where they were nobody’s', async () => {
    const { api, clock, tokens } = world();
    api.tokens.set('good', { username: 'bob' });

    await tokens.userOf('good');
    await tokens.userOf('good');
    expect(api.asked).toHaveLength(1);
    api.tokens.delete('good');
    clock.advance(10_000);
    expect(await tokens.userOf('good')).toBeUndefined();
    expect(await tokens.userOf('good')).toBeUndefined();
    expect(api.asked).toEqual(Array(3).fill('POST /apis/authentication.k8s.io/v1/tokenreviews'));
  });

  it('of a shape Kubernetes does not promise are nobody’s', async () => {
    const { api, tokens } = world();
    api.tokens.set('odd', { username: '' });
    api.tokens.set('odder', { username: 'x', extra: { scopes: 'all' as unknown as string[] } }); // broken on purpose

    await expect(tokens.userOf('odd')).rejects.toThrow('status.user.username is not a text');
    await expect(tokens.userOf('odder')).rejects.toThrow('status.user.extra');
  });
});

describe('rights', () => {
  const bob = { name: 'bob', uid: 'u1', groups: ['dev'], extra: { scopes: ['read'] } };

  it('are asked for with all that is known of the user', async () => {
    const { api, access } = world();
    api.rights.add('bob get /metrics');

    expect(await access.decide(bob, 'get', '/metrics')).toEqual({ allowed: true, reason: 'RBAC: allowed' });
    expect(api.specs).toEqual([
      { user: 'bob', uid: 'u1', groups: ['dev'], extra: { scopes: ['read'] }, nonResourceAttributes: { path: '/metrics', verb: 'get' } },
    ]);
    expect(await access.decide(bob, 'post', '/metrics')).toEqual({ allowed: false });
  });

  it('granted and refused are kept for times of their own, per user, verb and path', async () => {
    const { api, clock, access } = world();
    api.rights.add('bob get /metrics');
    await access.decide(bob, 'get', '/metrics');
    await access.decide(bob, 'get', '/configz');
    await access.decide({ ...bob, groups: [] }, 'get', '/metrics');
    expect(api.asked).toHaveLength(3);

    clock.advance(5_000);
    api.rights.delete('bob get /metrics');
    api.rights.add('bob get /configz');
    expect(await access.decide(bob, 'get', '/metrics')).toMatchObject({ allowed: true });
    expect(await access.decide(bob, 'get', '/configz')).toMatchObject({ allowed: true });
    clock.advance(5_000);
    expect(await access.decide(bob, 'get', '/metrics')).toEqual({ allowed: false });
  });

  it('that are granted and denied at once are denied', async () => {
    const { api, access } = world();
    api.rights.add('bob get /metrics');
    api.denied = 'a webhook says no\nand more';

    expect(await access.decide(bob, 'get', '/metrics')).toEqual({ allowed: false, reason: 'a webhook says no' });
  });
});

describe('an API server that answers no reviews', () => {
  it('fails every question, and is told about when it begins and when it ends', async () => {
    const { api, tokens, lines } = world();
    api.tokens.set('good', { username: 'bob' });
    api.trouble = 'down';
    await expect(tokens.userOf('good')).rejects.toMatchObject({ code: 'ApiUnavailable' });
    await expect(tokens.userOf('other')).rejects.toThrow('connection refused');
    api.trouble = 'none';
    await tokens.userOf('good');
    api.trouble = 'forbidden';
    await expect(tokens.userOf('third')).rejects.toMatchObject({ code: 'ApiForbidden' });

    const refused = 'warn the API server answers no reviews: requests that need one are refused';
    expect(lines).toEqual([refused, 'info the API server answers reviews again', refused]);
  });

  it('is waited for ten seconds', async () => {
    const { api, clock, tokens } = world();
    api.request = () => new Promise(() => {});
    let failed: unknown;
    const waiting = tokens.userOf('good').catch((error: unknown) => (failed = error));
    await clock.advanceAsync(9_999);
    expect(failed).toBeUndefined();
    await clock.advanceAsync(1);
    await waiting;

    expect(failed).toMatchObject({ code: 'ApiUnavailable' });
  });

  it('is not blamed for our own end', async () => {
    const { api, tokens, ending, lines } = world();
    api.request = () => new Promise(() => {});
    const waiting = tokens.userOf('good');
    ending.abort(new LbError('Stopping', 'the end'));

    await expect(waiting).rejects.toMatchObject({ code: 'Stopping' });
    expect(lines).toEqual([]);
  });
});

it('no token is written to the log', async () => {
  const { api, tokens, text } = world();
  api.trouble = 'down';
  await expect(tokens.userOf('s3cret-token')).rejects.toThrow();

  expect(text()).toContain('TokenReview');
  expect(text()).not.toContain('s3cret-token');
});
