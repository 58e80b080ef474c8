import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { object, optionalObject, optionalText, text, texts, type Wire } from '../kube/json-reader.ts';
import { KeptAnswers } from './kept-answers.ts';
import type { Reviewer, ReviewKind } from './reviewer.ts';
import { knownUser, type User } from './user.ts';

export const tokenReview: ReviewKind = { group: 'authentication.k8s.io', kind: 'TokenReview', plural: 'tokenreviews' };

/** Whose token it is, says the API server. A token is remembered as a keyed hash only, so that no map or dump gives one away. */
export class TokenReviews {
  readonly #reviewer: Reviewer;
  readonly #known: KeptAnswers<User | undefined>;
  readonly #hashKey = randomBytes(32);

  /** @param ttlMs how long a token that was accepted needs no other review; one that was not is reviewed each time */
  constructor(reviewer: Reviewer, clock: Clock, ttlMs: number) {
    this.#reviewer = reviewer;
    this.#known = new KeptAnswers(clock, (user) => (user === undefined ? 0 : ttlMs));
  }

  /**
   * The user of a token; undefined where it is nobody's, or not any more.
   * @throws LbError where the API server could not be asked
   */
  userOf(token: string): Promise<User | undefined> {
    const key = createHmac('sha256', this.#hashKey).update(token).digest('base64');
    return this.#known.get(key, async () => userOfReview(await this.#reviewer.ask({ token })));
  }
}

function userOfReview(status: Wire): User | undefined {
  if (status['authenticated'] !== true) return undefined;
  const where = tokenReview.kind;
  const user = object(status, 'status.user', where);
  const uid = optionalText(user, 'status.user.uid', where);
  const extra = optionalObject(user, 'status.user.extra', where);
  return knownUser({
    name: text(user, 'status.user.username', where),
    groups: texts(user, 'status.user.groups', where),
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra: extraOf(extra) }),
  });
}

/** Keys such as `authentication.kubernetes.io/pod-name` have dots in them, which the readers of one field take for a path. */
function extraOf(wire: Wire): Readonly<Record<string, readonly string[]>> {
  const entries = Object.entries(wire).map(([key, values]): [string, readonly string[]] => {
    if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return [key, values];
    throw new LbError('InvalidObject', `${tokenReview.kind}: status.user.extra is not a map of lists of texts`);
  });
  return Object.freeze(Object.fromEntries(entries));
}
