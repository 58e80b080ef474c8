import { sleep, type Clock } from '../clock.ts';
import { asLbError, type LbError } from '../errors.ts';
import { changeAtRunTime, type ChangedConfig } from './changes.ts';
import type { Config } from './config.ts';
import { readConfigFile } from './file.ts';

export interface ConfigWatchOptions {
  readonly path: string;
  /** What runs now, and the text it was parsed from. */
  readonly first: { readonly config: Config; readonly text: string };
  /** Usually `parseConfig` with the path and the providers there are. */
  readonly parse: (text: string) => Promise<Config>;
  /** Reads the file; for tests. */
  readonly read?: (path: string) => Promise<string>;
  readonly clock: Clock;
  readonly intervalMs?: number;
  /** A good file that differs from what runs. */
  readonly onChange: (changed: ChangedConfig) => void;
  /** A file that cannot be used: the last good one goes on; `undefined` when a good one is there again. */
  readonly onError: (error: LbError | undefined) => void;
}

/**
 * Reads the file again and again until the signal aborts. The text is compared, not times or inodes: a ConfigMap changes by
 * swapping a link further up, and an editor may write the same second twice.
 */
export async function watchConfig(options: ConfigWatchOptions, signal: AbortSignal): Promise<void> {
  const { path, parse, read = readConfigFile, clock, intervalMs = 5000, onChange, onError } = options;
  let good = options.first;
  /** What was looked at last; undefined where the file could not be read. */
  let seen: string | undefined = good.text;
  let failure: string | undefined;

  while (!signal.aborted) {
    try {
      await sleep(clock, intervalMs, signal);
    } catch {
      return; // aborted while it slept: the end that was asked for
    }
    let text: string | undefined;
    let next: Config;
    try {
      text = await read(path);
      if (text === seen) continue;
      next = text === good.text ? good.config : await parse(text);
    } catch (thrown) {
      const error = asLbError(thrown, 'InvalidConfig');
      seen = text;
      if (failure !== error.text) onError(error);
      failure = error.text;
      continue;
    }
    seen = text;
    if (failure !== undefined) onError(undefined);
    failure = undefined;
    if (text === good.text) continue;
    const changed = changeAtRunTime(good.config, next);
    good = { config: changed.config, text };
    onChange(changed);
  }
}
