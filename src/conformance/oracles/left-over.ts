import type { AtRest, ServiceAtRest } from './at-rest.ts';
import type { Oracle } from './oracle.ts';

/** Nothing of ours is there that no Service wants. */
export const noOrphans: Oracle<AtRest> = {
  name: 'no orphans',
  rows: ['idea-3', 'C1', 'C8', 'seed-1', 'seed-3'],
  promise: 'nothing that carries our marks is there without a Service that wants it, and nothing of ours without marks',
  violations: (seen) => {
    const { things, services } = seen;
    const wanted = new Set<string>(services.filter((service) => service.wanted).map(({ key }) => key));
    const nobodys = things
      .filter(({ key }) => !key.startsWith('cluster/') && !wanted.has(key))
      .map(({ kind, id, name, key }) => `${kind} ${id} (${name}) of ${key} is nobody's`);
    return [...nobodys, ...unmarked(seen)];
  },
};

/** What no inventory shows, nobody planted and nobody was left. */
function unmarked({ things, planted, left, standing = new Set() }: AtRest): readonly string[] {
  const known = new Set<string>([...things, ...planted].map(({ id }) => id));
  return [...standing].filter((id) => !known.has(id) && !left.has(id)).map((id) => `${id} is there without a mark`);
}

/** What is wanted once is there once. */
export const noDuplicates: Oracle<AtRest> = {
  name: 'no duplicates',
  rows: ['idea-3', 'B11', 'seed-15'],
  promise: 'no Service has two load balancers, unless it is stopped in the middle of a replacement',
  violations: ({ services }) =>
    services.flatMap((service) => {
      const { view, things } = service;
      const main = things.filter((thing) => thing.main);
      const most = isStopped(service) ? 2 : 1;
      return main.length <= most ? [] : [`${view.key} has ${main.length}: ${main.map(({ id, name }) => `${id} (${name})`).join(', ')}`];
    }),
};

/** Refused or held in the middle of a replacement: what was made for two different wishes stays as it stands. */
function isStopped({ judgement, intent, madeFor }: ServiceAtRest): boolean {
  if (judgement === undefined) return false;
  const refused = intent?.kind === 'refused' || judgement.plan.refusals.length > 0;
  return refused || (judgement.held.length > 0 && madeFor.size > 1);
}

/** What is not ours stands as it stood. */
export const foreignUntouched: Oracle<AtRest> = {
  name: 'nothing foreign touched',
  rows: ['idea-2', 'seed-11', 'seed-13'],
  promise: 'what others made, or were left, is neither changed nor removed',
  violations: ({ planted, left, doomed, standing }) => [
    ...planted.filter(({ untouched }) => !untouched).map(({ id }) => `${id} was changed or removed`),
    ...[...left].filter((id) => standing?.has(id) === false && !doomed.has(id)).map((id) => `${id} was released and is gone`),
  ],
};
