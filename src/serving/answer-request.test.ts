import { beforeEach, describe, expect, it } from 'vitest';
import { keptLog, reviewApi, type ReviewApi } from '../../test/fixtures/review-api.ts';
import { ManualClock } from '../clock.ts';
import { Health } from '../health.ts';
import { KubeClient } from '../kube/client.ts';
import { MetricsRegistry } from '../metrics.ts';
import { accessReview, AccessReviews } from './access-reviews.ts';
import { answerRequest, type AnswerParts, type Asked } from './answer-request.ts';
import { pathMatcher } from './path-patterns.ts';
import { Reviewer } from './reviewer.ts';
import { tokenReview, TokenReviews } from './token-reviews.ts';

let api: ReviewApi;
let parts: AnswerParts;
let health: Health;
beforeEach(() => {
  api = reviewApi();
  api.tokens.set('t-bob', { username: 'bob' });
  api.tokens.set('t-root', { username: 'root', groups: ['system:masters'] });
  health = new Health();
  const clock = new ManualClock();
  const { log } = keptLog();
  const client = new KubeClient({ transport: api, clock });
  const { signal } = new AbortController();
  const metrics = new MetricsRegistry();
  metrics.declare({ portolan_test_total: { kind: 'counter', help: 'x', labels: [] } });
  parts = {
    isOpen: pathMatcher(['/healthz', '/livez', '/readyz'], '--flag'),
    tokens: new TokenReviews(new Reviewer(client, tokenReview, log, signal), clock, 10_000),
    access: new AccessReviews(new Reviewer(client, accessReview, log, signal), clock, 10_000, 10_000),
    health,
    metrics,
    configz: () => ({ 'portolan.dev': { kind: 'Configuration' } }),
    log,
  };
});

const ask = (path: string, asked: Partial<Asked> = {}, by: Partial<AnswerParts> = {}) => {
  const [pathname = '', query] = path.split('?', 2);
  return answerRequest(
    { method: 'GET', path: pathname, query: new URLSearchParams(query), authorization: undefined, certified: undefined, ...asked },
    { ...parts, ...by },
  );
};
const as = (token: string): Partial<Asked> => ({ authorization: `Bearer ${token}` });

describe('who asks', () => {
  it.each([undefined, 'Basic Ym9iOng=', 'Bearer', 'Bearer ', 'Bearer a b', 'Bearer wrong'])('nobody: %s', async (authorization) => {
    const { status, type, body } = await ask('/metrics', { authorization });

    expect({ status, type }).toEqual({ status: 401, type: 'application/json' });
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
  });

  it('bearer tokens come in any spelling of the scheme', async () => {
    api.rights.add('bob get /metrics');

    expect(await ask('/metrics', { authorization: 'bearer  t-bob' })).toMatchObject({ status: 200 });
  });

  it('a certificate goes before a token', async () => {
    api.rights.add('anna get /metrics');

    expect(await ask('/metrics', { ...as('t-bob'), certified: { name: 'anna', groups: [] } })).toMatchObject({ status: 200 });
    expect(api.asked).toEqual(['POST /apis/authorization.k8s.io/v1/subjectaccessreviews']);
  });

  it('nobody, where there is nobody to review tokens', async () => {
    expect(await ask('/metrics', as('t-bob'), { tokens: undefined })).toMatchObject({ status: 401 });
  });
});

describe('what they may', () => {
  it('without the right: 403, in one line that says who, what and where', async () => {
    const { status, body } = await ask('/metrics', as('t-bob'));

    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      reason: 'Forbidden',
      code: 403,
      message: 'forbidden: User "bob" cannot get path "/metrics"',
    });
  });

  it('a reason of the API server is handed on', async () => {
    api.denied = 'not on Sundays';

    expect((await ask('/metrics', as('t-bob'))).body).toContain('cannot get path \\"/metrics\\": not on Sundays');
  });

  it('the verb is the method', async () => {
    api.rights.add('bob get /metrics');

    expect(await ask('/metrics', { ...as('t-bob'), method: 'POST' })).toMatchObject({ status: 403 });
    expect(await ask('/metrics', { ...as('t-bob'), method: 'HEAD' })).toMatchObject({ status: 403 });
    api.rights.add('bob delete /metrics');
    expect(await ask('/metrics', { ...as('t-bob'), method: 'DELETE' })).toMatchObject({ status: 405 });
  });

  it('administrators may, whether the API server answers or not', async () => {
    expect(await ask('/metrics', { certified: { name: 'root', groups: ['system:masters'] } }, { access: undefined })).toMatchObject({
      status: 200,
    });
    expect(await ask('/metrics', as('t-root'))).toMatchObject({ status: 200 });
    expect(api.asked).toEqual(['POST /apis/authentication.k8s.io/v1/tokenreviews']);
  });

  it('nobody else may, where there is nobody to review rights', async () => {
    expect(await ask('/metrics', as('t-bob'), { access: undefined })).toMatchObject({ status: 403 });
  });

  it('who may not is not told what there is', async () => {
    expect(await ask('/nothing', as('t-bob'))).toMatchObject({ status: 403 });
    expect(await ask('/nothing')).toMatchObject({ status: 401 });
  });
});

describe('while the API server is down', () => {
  beforeEach(() => {
    api.trouble = 'down';
  });

  it('tokens are nobody’s, rights cannot be told, probes go on', async () => {
    expect(await ask('/metrics', as('t-bob'))).toMatchObject({ status: 401 });
    expect(await ask('/metrics', { certified: { name: 'anna', groups: [] } })).toMatchObject({
      status: 500,
      body: 'Internal Server Error: "/metrics": POST /apis/authorization.k8s.io/v1/subjectaccessreviews: connection refused\n',
    });
    expect(await ask('/healthz', as('t-bob'))).toMatchObject({ status: 200, body: 'ok' });
  });
});

describe('pages', () => {
  it('of health are open, and follow the checks of their kind', async () => {
    health.add('ready', 'caches', () => 'not read yet');

    expect(await ask('/healthz')).toMatchObject({ status: 200, body: 'ok' });
    expect(await ask('/livez?verbose')).toMatchObject({ status: 200, body: '[+]ping ok\nlivez check passed\n' });
    expect(await ask('/readyz')).toMatchObject({ status: 500, body: '[-]caches failed: reason withheld\nreadyz check failed\n' });
    expect(api.asked).toEqual([]);
  });

  it('of one check need the right to it', async () => {
    health.add('ready', 'caches', () => 'not read yet');
    expect(await ask('/readyz/caches')).toMatchObject({ status: 401 });
    api.rights.add('bob get /readyz/caches').add('bob get /healthz/caches').add('bob get /readyz/caches/x');

    expect(await ask('/readyz/caches', as('t-bob'))).toMatchObject({ status: 500, body: 'internal server error: not read yet\n' });
    expect(await ask('/healthz/caches', as('t-bob'))).toMatchObject({ status: 404 });
    expect(await ask('/readyz/caches/x', as('t-bob'))).toMatchObject({ status: 404 });
  });

  it('of a check are found by a name with a blank, and not by one that is broken', async () => {
    health.add('live', 'leader election', () => undefined);
    api.rights.add('bob get /healthz/leader%20election').add('bob get /healthz/%');

    expect(await ask('/healthz/leader%20election', as('t-bob'))).toMatchObject({ status: 200, body: 'ok' });
    expect(await ask('/healthz/%', as('t-bob'))).toMatchObject({ status: 404 });
  });

  it('of health refuse other methods', async () => {
    expect(await ask('/healthz', { method: 'POST' })).toMatchObject({ status: 405 });
    expect(await ask('/healthz', { method: 'HEAD' })).toMatchObject({ status: 200 });
  });

  it('of metrics and configuration are there for those who may', async () => {
    api.rights.add('bob get /metrics').add('bob get /configz').add('bob get /constructor').add('bob get /');

    expect((await ask('/metrics', as('t-bob'))).body).toContain('portolan_test_total');
    expect(JSON.parse((await ask('/configz', as('t-bob'))).body)).toEqual({ 'portolan.dev': { kind: 'Configuration' } });
    expect(await ask('/constructor', as('t-bob'))).toMatchObject({ status: 404, body: '404 page not found\n' });
    expect(await ask('/', as('t-bob'))).toMatchObject({ status: 404 });
  });
});
