import { LbError } from '../errors.ts';
import { isMapping } from '../settings/parse.ts';
import type { Path, Problem, YamlSource } from './yaml-source.ts';

/** How many problems an error shows: what one can take in at a glance. */
const shown = 3;

/**
 * All that is wrong with a file as one error: one line per problem, `file:line:column: path: what`, at most three, in the
 * order of the file. The field is the path of the first.
 */
export function problemsError(source: string, yaml: YamlSource, problems: readonly Problem[]): LbError {
  const placed = problems.map((problem) => ({ ...problem, at: problem.at ?? yaml.place(problem.path) }));
  placed.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  const lines = placed.slice(0, shown).map(({ path, text, at }) => {
    const place = at === undefined ? source : `${source}:${at.line}:${at.column}`;
    return path.length === 0 ? `${place}: ${text}` : `${place}: ${printPath(path, yaml.value)}: ${text}`;
  });
  const more = placed.length - lines.length;
  if (more > 0) lines[lines.length - 1] += ` (and ${more} more ${more === 1 ? 'problem' : 'problems'})`;
  const [first] = placed;
  return new LbError('InvalidConfig', lines.join('\n'), {
    remedy: '',
    ...(first === undefined || first.path.length === 0 ? {} : { field: printPath(first.path, yaml.value) }),
  });
}

/** `classes[aws].guard.destroys`: entries of a list by their id or name where they have one, else by number. */
export function printPath(path: Path, value: unknown): string {
  let text = '';
  let here = value;
  for (const segment of path) {
    here = child(here, segment);
    if (typeof segment === 'number') text += `[${nameOf(here) ?? segment}]`;
    else text += text === '' ? segment : `.${segment}`;
  }
  return text;
}

/** The value at a path; undefined where there is none. */
export function valueAt(path: Path, value: unknown): unknown {
  let here = value;
  for (const segment of path) here = child(here, segment);
  return here;
}

function child(value: unknown, segment: string | number): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items[Number(segment)];
  }
  return isMapping(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

function nameOf(entry: unknown): string | undefined {
  const name = child(entry, 'id') ?? child(entry, 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}
