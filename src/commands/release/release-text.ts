import { isReleased } from '../../intent/claim.ts';
import type { LoadBalancerClass } from '../../model/load-balancer-class.ts';
import { controlKeys } from '../../settings/portable.ts';
import { claimWords } from '../look/claim-words.ts';
import { classOf } from '../look/look.ts';
import { lookLines } from '../look/look-lines.ts';
import { printable, type Paint } from '../look/paint.ts';
import type { EndedByKey, Leaving, Left } from './leaving.ts';

/** What would be left behind, Service by Service, and one line that counts. */
export function leavingText(
  all: readonly Leaving[],
  options: { readonly classes: readonly LoadBalancerClass[]; readonly yes: boolean; readonly paint: Paint },
): string {
  const blocks = all.map((leaving) =>
    [headline(leaving, options.paint), ...bodyOf(leaving, options.classes, options.paint).map((line) => `  ${line}`)].join('\n'),
  );
  return `${[...blocks, counted(all, options.yes)].join('\n\n')}\n`;
}

/** How it ended, a line per Service. */
export function endedText(ended: EndedByKey, paint: Paint): string {
  const lines = [...ended].map(([service, { released, why }]) =>
    released
      ? `${paint('green', 'released')} ${service}`
      : `${paint('red', 'unfinished')} ${service}${why === undefined ? '' : `: ${printable(why)}`}`,
  );
  return `\n${lines.join('\n')}\n`;
}

function headline({ service, claim }: Leaving, paint: Paint): string {
  const klass = classOf({ claim });
  const name = paint('bold', service.key);
  return klass === undefined ? name : `${name} (class ${klass.id}, provider ${klass.provider})`;
}

function bodyOf({ service, state, claim, look, left }: Leaving, classes: readonly LoadBalancerClass[], paint: Paint): readonly string[] {
  if (state === 'released') return [`released already: ${controlKeys.release} is on it`];
  if (state !== 'to-release' || look === undefined) return [printable(claimWords(claim, service, classes))];
  const nothing = look.steps.length === 0 && look.error === undefined;
  return [
    ...lookLines(look, paint),
    ...(nothing ? ['nothing of it carries our marks'] : []),
    ...left.map((thing) => printable(`stays: ${thingWords(thing)}`)),
    ...(isReleased(service) ? [`under way: ${controlKeys.release} is on it`] : []),
  ];
}

const thingWords = ({ kind, name, id }: Left): string => (id === undefined ? `${kind} ${name}` : `${kind} ${id} (${name})`);

function counted(all: readonly Leaving[], yes: boolean): string {
  if (all.length === 0) return 'No Service is claimed by a class of this configuration.';
  const counts = new Map<Leaving['state'], number>();
  for (const { state } of all) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${count} ${words[state]}`);
  const hint = counts.has('to-release') && !yes ? ' Nothing was changed; --yes does it.' : '';
  return `${all.length} ${all.length === 1 ? 'Service' : 'Services'}: ${parts.join(', ')}.${hint}`;
}

const words = { 'to-release': 'to release', released: 'released', 'not-ours': 'not ours', 'left-behind': 'left behind' } as const;
