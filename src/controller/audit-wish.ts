/**
 * How a command asks the process that leads to delete strays, and how that one answers: two annotations of the Lease, because
 * nothing writes to a cloud beside a running controller (design §8).
 */
export const wishAnnotation = 'portolan.dev/audit-wish';
export const answerAnnotation = 'portolan.dev/audit-answer';

/** What the leader did about a wish. */
export interface AuditAnswer {
  /** The wish it answers. */
  readonly id: string;
  readonly deleted: readonly { readonly provider: string; readonly key: string; readonly things: readonly string[] }[];
  /** How many more were deleted than are named. */
  readonly more: number;
  /** Why not all was done that could have been: one line each. */
  readonly failures: readonly string[];
}

/** An annotation is no place for a long list. */
const mostNamed = 50;
const mostThings = 10;
const mostFailures = 10;
/** Ids of clouds and texts of errors, in characters. */
const longestText = { thing: 80, failure: 500 };

export const formatWish = (id: string): string => `v1 ${id} delete-strays`;

/** The id of a wish; undefined where the text is none of this version. */
export const parseWish = (text: string | undefined): string | undefined => /^v1 ([-0-9a-f]{8,64}) delete-strays$/.exec(text ?? '')?.[1];

export function formatAnswer(answer: AuditAnswer): string {
  const { deleted, failures } = answer;
  return JSON.stringify({
    ...answer,
    deleted: deleted.slice(0, mostNamed).map((one) => ({ ...one, things: named(one.things) })),
    more: answer.more + Math.max(deleted.length - mostNamed, 0),
    failures: failures.slice(0, mostFailures).map((line) => line.slice(0, longestText.failure)),
  });
}

function named(things: readonly string[]): readonly string[] {
  const first = things.slice(0, mostThings).map((thing) => thing.slice(0, longestText.thing));
  return things.length > mostThings ? [...first, `${things.length - mostThings} more`] : first;
}

/** The answer to this wish; undefined where there is none yet. */
export function parseAnswer(text: string | undefined, id: string): AuditAnswer | undefined {
  if (text === undefined) return undefined;
  try {
    const answer: unknown = JSON.parse(text);
    return isAnswer(answer) && answer.id === id ? answer : undefined;
  } catch {
    return undefined; // somebody wrote over it: as good as none
  }
}

function isAnswer(value: unknown): value is AuditAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { id, deleted, more, failures } = value as Partial<Record<keyof AuditAnswer, unknown>>; // each is looked at next
  return typeof id === 'string' && typeof more === 'number' && isTexts(failures) && Array.isArray(deleted) && deleted.every(isDeleted);
}

function isDeleted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { provider, key, things } = value as Record<string, unknown>; // as above
  return typeof provider === 'string' && typeof key === 'string' && isTexts(things);
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
