import type { CheckResult } from '../health.ts';
import { textAnswer, type Answer } from './answers.ts';

/**
 * `/healthz`, `/livez` and `/readyz` as upstream writes them: `ok`, or one line per check with `?verbose` and on failure.
 * `?exclude=NAME` passes a check over. Why a check fails is not said: the path is open to everybody.
 */
export function healthAnswer(path: string, results: readonly CheckResult[], query: URLSearchParams): Answer {
  const excluded = new Set(query.getAll('exclude'));
  const lines: string[] = [];
  let failed = false;
  for (const { name, cause } of withPing(results)) {
    if (excluded.delete(name)) {
      lines.push(`[+]${name} excluded: ok`);
    } else if (cause === undefined) {
      lines.push(`[+]${name} ok`);
    } else {
      failed = true;
      lines.push(`[-]${name} failed: reason withheld`);
    }
  }
  if (excluded.size > 0) {
    const names = [...excluded].sort().map((name) => JSON.stringify(name));
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names.join(',')}`);
  }
  if (!failed && !query.has('verbose')) return textAnswer(200, 'ok');
  return textAnswer(failed ? 500 : 200, `${[...lines, `${path.slice(1)} check ${failed ? 'failed' : 'passed'}`].join('\n')}\n`);
}

/** `/healthz/NAME`: one check, with its cause, for those who may see it. Undefined where there is no such check. */
export function singleHealthAnswer(name: string, results: readonly CheckResult[]): Answer | undefined {
  const result = withPing(results).find((one) => one.name === name);
  if (result === undefined) return undefined;
  return result.cause === undefined ? textAnswer(200, 'ok') : textAnswer(500, `internal server error: ${result.cause}\n`);
}

/** Where nothing is checked, that it answers is the check. */
const withPing = (results: readonly CheckResult[]): readonly CheckResult[] =>
  results.length === 0 ? [{ name: 'ping', cause: undefined }] : results;
