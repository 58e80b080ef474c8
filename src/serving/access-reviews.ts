import type { Clock } from '../clock.ts';
import { optionalText } from '../kube/json-reader.ts';
import type { JsonObject } from '../model/json.ts';
import { KeptAnswers } from './kept-answers.ts';
import type { Reviewer, ReviewKind } from './reviewer.ts';
import type { User } from './user.ts';

export const accessReview: ReviewKind = { group: 'authorization.k8s.io', kind: 'SubjectAccessReview', plural: 'subjectaccessreviews' };

export interface Decision {
  readonly allowed: boolean;
  /** One line, where the API server gave any. */
  readonly reason?: string;
}

/** May this user do that to this path? RBAC's `nonResourceURLs` of the cluster decide. */
export class AccessReviews {
  readonly #reviewer: Reviewer;
  readonly #known: KeptAnswers<Decision>;

  constructor(reviewer: Reviewer, clock: Clock, allowedTtlMs: number, deniedTtlMs: number) {
    this.#reviewer = reviewer;
    this.#known = new KeptAnswers(clock, ({ allowed }) => (allowed ? allowedTtlMs : deniedTtlMs));
  }

  /**
   * @param verb an HTTP method in lower case, as Kubernetes has it for paths that are no resources
   * @throws LbError where the API server could not be asked
   */
  decide(user: User, verb: string, path: string): Promise<Decision> {
    const spec: JsonObject = {
      user: user.name,
      groups: user.groups,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      ...(user.extra === undefined ? {} : { extra: user.extra }),
      nonResourceAttributes: { path, verb },
    };
    return this.#known.get(JSON.stringify(spec), async () => {
      const status = await this.#reviewer.ask(spec);
      const reason = optionalText(status, 'status.reason', accessReview.kind)?.split(/[\r\n]/, 1)[0];
      return { allowed: status['allowed'] === true && status['denied'] !== true, ...(reason === undefined ? {} : { reason }) };
    });
  }
}
