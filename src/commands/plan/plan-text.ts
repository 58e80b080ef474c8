import { errorSentence } from '../../controller/conditions.ts';
import type { LoadBalancerClass } from '../../model/load-balancer-class.ts';
import { claimWords } from '../look/claim-words.ts';
import { lookLines } from '../look/look-lines.ts';
import { classOf, outcomeOf } from '../look/look.ts';
import { printable, type Paint } from '../look/paint.ts';
import type { Planned } from './planned.ts';

/** A plan as people read it: what is to be done or decided, Service by Service, and one line that counts. */
export function planText(
  all: readonly Planned[],
  options: {
    readonly classes: readonly LoadBalancerClass[];
    /** Whether Services with nothing to do get a line of their own. */
    readonly quiet: boolean;
    readonly paint: Paint;
  },
): string {
  const { classes, quiet, paint } = options;
  const blocks = all.flatMap((planned) => {
    if (quiet && planned.kind === 'looked' && outcomeOf(planned.look) === 'nothing-to-do') return [];
    return [[headline(planned, paint), ...bodyOf(planned, classes, paint).map((line) => `  ${line}`)].join('\n')];
  });
  return `${[...blocks, counted(all)].join('\n\n')}\n`;
}

function headline(planned: Planned, paint: Paint): string {
  const name = paint('bold', planned.service);
  if (planned.kind === 'rejected') return `${name} (${printable(planned.from)})`;
  const klass = classOf(planned.look);
  return klass === undefined ? name : `${name} (class ${klass.id}, provider ${klass.provider})`;
}

function bodyOf(planned: Planned, classes: readonly LoadBalancerClass[], paint: Paint): readonly string[] {
  if (planned.kind === 'rejected') return [`${paint('red', 'rejected')} ApiRejected: ${printable(errorSentence(planned.error))}`];
  const { look } = planned;
  const outcome = outcomeOf(look);
  if (outcome === 'not-ours' || outcome === 'left-behind') return [printable(claimWords(look.claim, look.service, classes))];
  return outcome === 'nothing-to-do' ? ['nothing to do'] : lookLines(look, paint);
}

function counted(all: readonly Planned[]): string {
  if (all.length === 0) return 'No Service is claimed by a class of this configuration.';
  const counts = new Map<string, number>();
  for (const planned of all) {
    const word = planned.kind === 'rejected' ? 'rejected' : words[outcomeOf(planned.look)];
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].map(([word, count]) => `${count} ${word}`);
  return `${all.length} ${all.length === 1 ? 'Service' : 'Services'}: ${parts.join(', ')}.`;
}

const words = {
  'nothing-to-do': 'with nothing to do',
  changes: 'to change',
  waiting: 'waiting',
  refused: 'refused',
  held: 'held for approval',
  failed: 'failed',
  'not-ours': 'not ours',
  'left-behind': 'left behind',
} as const;
