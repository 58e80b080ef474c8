import type { AtRest } from './at-rest.ts';
import type { Oracle } from './oracle.ts';

/** Nothing of ours is there that no Service wants. */
export const noOrphans: Oracle<AtRest> = {
  name: 'no orphans',
  rows: ['idea-3', 'C1', 'C8', 'seed-1', 'seed-3'],
  promise: 'nothing that carries our marks is there without a Service that wants it',
  violations: ({ things, services }) => {
    const wanted = new Set<string>(services.filter((service) => service.wanted).map(({ key }) => key));
    return things
      .filter(({ key }) => !key.startsWith('cluster/') && !wanted.has(key))
      .map(({ kind, id, name, key }) => `${kind} ${id} (${name}) of ${key} is nobody's`);
  },
};

/** What is wanted once is there once. */
export const noDuplicates: Oracle<AtRest> = {
  name: 'no duplicates',
  rows: ['idea-3', 'B11', 'seed-15'],
  promise: 'no Service has two load balancers',
  violations: ({ services }) =>
    services.flatMap(({ view, things }) => {
      const main = things.filter((thing) => thing.main);
      return main.length < 2 ? [] : [`${view.key} has ${main.length}: ${main.map(({ id, name }) => `${id} (${name})`).join(', ')}`];
    }),
};

/** What is not ours stands as it stood. */
export const foreignUntouched: Oracle<AtRest> = {
  name: 'nothing foreign touched',
  rows: ['idea-2', 'seed-11', 'seed-13'],
  promise: 'what others made is neither changed nor removed',
  violations: ({ planted }) => planted.filter(({ untouched }) => !untouched).map(({ id }) => `${id} was changed or removed`),
};
