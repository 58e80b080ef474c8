import { expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import { apiClasses, ApiLimiter, type ApiClass } from './limiter.ts';

const never = new AbortController().signal;
const classes = Object.entries(apiClasses) as [ApiClass, (typeof apiClasses)[ApiClass]][];

it.each(classes)('%s: its burst at once, its rate in a second', async (of, { burst, perSecond }) => {
  const clock = new ManualClock();
  const limiter = new ApiLimiter(clock);
  let served = 0;
  for (let count = 0; count < burst + perSecond; count++) void limiter.take(of, never).then(() => (served += 1));
  await settle();
  expect(served).toBe(burst);

  await clock.advanceAsync(1_000);
  expect(served).toBe(burst + perSecond);
});

it.each(classes)('%s waits without end where it only reads', async (of, { mutates }) => {
  const clock = new ManualClock();
  const limiter = new ApiLimiter(clock);
  for (let count = 0; count < 3; count++) clock.advance(limiter.throttled(of));
  const holdMs = limiter.throttled(of);
  const taking = limiter.take(of, never).then(
    () => 'served',
    (error: unknown) => error,
  );
  await clock.advanceAsync(60_000);

  if (mutates) expect(await taking).toMatchObject({ code: 'CloudThrottled', retryAfterMs: holdMs });
  else expect(await taking).toBe('served');
});

it('keeps classes apart', async () => {
  const clock = new ManualClock();
  const limiter = new ApiLimiter(clock);
  limiter.throttled('elb-write');
  limiter.succeeded('targets');

  await limiter.take('targets', never);
  await limiter.take('elb-read', never);
  expect(clock.nextDueMs()).toBeUndefined();
});
