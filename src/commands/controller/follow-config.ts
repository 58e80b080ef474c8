import type { Clock } from '../../clock.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { watchConfig } from '../../config/watch.ts';
import type { LiveSettings } from '../../controller/controller.ts';
import type { Health } from '../../health.ts';
import type { RootLog } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { providerKinds, type LoadedConfig } from '../load-config.ts';

export interface FollowParts {
  readonly clock: Clock;
  readonly log: RootLog;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly apply: (settings: LiveSettings) => void;
}

/**
 * Reads the configuration again when its file changes. An invalid one changes nothing: the last good one goes on, and the
 * log, `/readyz` and a metric say so, as they do of what only a restart can change.
 * @returns the function that ends it
 */
export function followConfig(first: LoadedConfig, { clock, log, health, metrics, apply }: FollowParts): () => Promise<void> {
  const stop = new AbortController();
  let problem: string | undefined;
  health.add('ready', 'configuration', () => problem);
  const following = watchConfig(
    {
      path: first.path,
      first,
      clock,
      parse: (text) => parseConfig(text, first.path, providerKinds),
      onChange: ({ config, needsRestart }) => {
        if (needsRestart.length > 0) log.warn({ fields: needsRestart }, 'configuration changed in what only a restart can take over');
        log.info({ config: first.path }, 'configuration read again');
        log.setLevel(config.log.level);
        apply({ classes: config.classes, driftCheckMs: config.driftCheckMs });
      },
      onError: (error) => {
        problem = error === undefined ? undefined : `the file is invalid, the last good one is used: ${error.text.split('\n')[0]}`;
        metrics.set('portolan_config_reload_failed', error === undefined ? 0 : 1);
        if (error !== undefined) log.error({ error }, 'configuration is invalid, the last good one is used');
      },
    },
    stop.signal,
  );
  return async () => {
    stop.abort(new Error('the controller stops'));
    await following;
  };
}
