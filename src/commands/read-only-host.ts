import { LbError } from '../errors.ts';
import type { Budget, Documents } from '../provider.ts';

/** One-shot commands make a handful of reads: no budget is needed. */
export const unlimited: Budget = { take: () => Promise.resolve() };

const refuse = () => Promise.reject(new LbError('ProviderBug', 'a command that only looks has no documents to write'));

/** For commands that make a provider without the API server behind it. */
export const refusedDocuments: Documents = {
  list: refuse,
  get: refuse,
  create: refuse,
  replace: refuse,
  remove: refuse,
  async *watch() {
    yield { type: 'synced' };
  },
};
