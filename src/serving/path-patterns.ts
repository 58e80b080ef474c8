import { LbError } from '../errors.ts';

/**
 * Whether a path is one of these. As upstream: a trailing `*` stands for any rest, and the leading `/` may be left out.
 * @throws LbError `InvalidFlag` for a `*` elsewhere
 */
export function pathMatcher(patterns: readonly string[], flag: string): (path: string) => boolean {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const pattern of patterns) {
    const path = `/${pattern.replace(/^\//, '')}`;
    const star = path.indexOf('*');
    if (star === -1) exact.add(path);
    else if (star === path.length - 1) prefixes.push(path.slice(0, -1));
    else throw new LbError('InvalidFlag', `${flag}: only the last character of ${pattern} may be *`, { field: flag });
  }
  return (path) => exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix));
}
