import { errorSentence } from '../../controller/conditions.ts';
import type { JsonObject } from '../../model/json.ts';
import { errorJson } from '../look/look-json.ts';
import { printable, type Paint } from '../look/paint.ts';
import type { Tried, TriedPermission } from './try-permissions.ts';

const words = { granted: 'granted', missing: 'MISSING', failed: 'no answer', unknown: 'not checked' } as const;
const styles = { granted: 'green', missing: 'red', failed: 'yellow', unknown: 'dim' } as const;
const order = ['missing', 'failed', 'unknown', 'granted'] as const;

/** The answer as people read it: what is missing first, with what it is needed for. */
export function preflightText(all: readonly Tried[], paint: Paint): string {
  return `${all.map((tried) => providerLines(tried, paint).join('\n')).join('\n\n')}\n`;
}

function providerLines({ provider, permissions, error }: Tried, paint: Paint): readonly string[] {
  const head = paint('bold', `provider ${provider}`);
  const failed = error === undefined ? [] : [`${head}: ${paint('red', 'failed')} ${error.code}: ${printable(errorSentence(error))}`];
  if (permissions.length === 0) return failed.length > 0 ? failed : [`${head}: needs no permissions`];
  const of = (outcome: TriedPermission['outcome']) => permissions.filter((permission) => permission.outcome === outcome);
  const counted = (['granted', 'missing', 'failed', 'unknown'] as const).filter(
    (outcome) => outcome !== 'failed' || of(outcome).length > 0,
  );
  const counts = counted.map((outcome) => `${of(outcome).length} ${words[outcome].toLowerCase()}`);
  const width = Math.max(...permissions.map(({ action }) => action.length));
  const lines = order.flatMap((outcome) =>
    of(outcome).map(({ action, why, note }) =>
      `${paint(styles[outcome], words[outcome].padEnd(words.unknown.length))}  ${printable(action.padEnd(width))}  ${printable(why)}${note === undefined ? '' : printable(`; ${note}`)}`.trimEnd(),
    ),
  );
  return [...failed, `${head}: ${counts.join(', ')}`, ...lines];
}

export const preflightJson = ({ provider, permissions, error }: Tried): JsonObject => ({
  provider,
  ...(error === undefined ? {} : { error: errorJson(error) }),
  permissions: permissions.map(({ action, why, mutates, outcome, note }) => ({
    action,
    outcome,
    why,
    mutates,
    ...(note === undefined ? {} : { note }),
  })),
});
