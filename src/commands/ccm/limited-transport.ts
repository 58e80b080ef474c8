import type { Clock } from '../../clock.ts';
import { TokenBucket } from '../../controller/token-bucket.ts';
import type { KubeTransport } from '../../kube/transport.ts';

/**
 * Holds requests to so many a second (`--kube-api-qps`, `--kube-api-burst`). The Lease never waits, watches are not requests
 * of this kind, and events come after everything else: upstream's pay with the same coin as the patches they are about.
 */
export function limitedTransport(inner: KubeTransport, clock: Clock, limit: { perSecond: number; burst: number }): KubeTransport {
  const bucket = new TokenBucket(clock, limit);
  return {
    async request(request) {
      if (request.lane !== 'leader') await bucket.take(request.path.includes('/events') ? 'background' : 'foreground', request.signal);
      return await inner.request(request);
    },
    watch: (watch) => inner.watch(watch),
    close: () => inner.close(),
  };
}
