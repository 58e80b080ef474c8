/** The embedded API as a process of its own; says its URL, then answers what it is asked by the process that made it. */
import { systemClock } from '../../src/clock.ts';
import { EmbeddedApi } from '../../src/embedded/api.ts';
import { serveHttp } from '../../src/embedded/http-door.ts';
import { ApiWrites, measuringAgent } from './api-writes.ts';

const api = new EmbeddedApi({ clock: systemClock, serviceCidrs: ['10.0.0.0/8'], nodePortRange: [20_000, 32_767] });
const door = await serveHttp(api, { host: '127.0.0.1', port: 0 });
let writes = new ApiWrites();

/** Takes in what was logged since the last time, so that the log stays short. */
function gather(): void {
  for (const { mutating, status, userAgent, path } of api.log) {
    if (mutating && status !== 0 && userAgent !== measuringAgent) writes.add(resourceOf(path));
  }
  api.clearLog();
}

/** `/api/v1/namespaces/shop/services/web/status` is one of services. */
function resourceOf(path: string): string {
  const names = path.split('?')[0]?.split('/') ?? [];
  return ['services', 'events', 'leases'].find((resource) => names.includes(resource)) ?? 'other';
}

process.on('message', (what) => {
  gather();
  if (what === 'reset') writes = new ApiWrites();
  process.send?.(writes.told());
});
process.on('disconnect', () => process.exit(0));
process.send?.(door.url);
