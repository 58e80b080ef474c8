/** Who asks, as Kubernetes knows users: what a SubjectAccessReview is told. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  /** What else the authenticator of the cluster knows; handed on unread. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

const everybodyKnown = 'system:authenticated';

/** Kubernetes' own rule: whoever could be named is a member of `system:authenticated`. */
export function knownUser(user: User): User {
  const groups = user.groups.includes(everybodyKnown) ? user.groups : [...user.groups, everybodyKnown];
  return Object.freeze({ ...user, groups: Object.freeze(groups) });
}
