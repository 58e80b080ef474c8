import { reasons, type Reason, type Verdict } from './reasons.ts';

export interface LbErrorOptions {
  /** What was caught; kept for logs, never shown to users. */
  cause?: unknown;
  /** Overrides the catalogue's verdict for this code. */
  verdict?: Verdict;
  /** How long to wait before the next try; turns `retry` into `retry-after`. */
  retryAfterMs?: number;
  /** The field, annotation or flag that is wrong, in the user's own spelling. */
  field?: string;
  /** Overrides the catalogue's remedy where this failure has a better one. */
  remedy?: string;
}

/**
 * The only error that crosses a layer. Its code is the contract (condition reason, event detail, `docs/reference/reasons.md`),
 * its verdict says what to do next, its text is one line for a person: it names the object, holds no secret and no raw answer.
 */
export class LbError extends Error {
  override readonly name = 'LbError';
  readonly code: Reason;
  readonly verdict: Verdict;
  /** The message without the code in front of it. */
  readonly text: string;
  readonly retryAfterMs: number | undefined;
  readonly field: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: Reason, text: string, options: LbErrorOptions = {}) {
    super(`[${code}] ${text}`, { cause: options.cause });
    this.code = code;
    this.text = text;
    this.verdict = options.verdict ?? (options.retryAfterMs === undefined ? reasons[code].verdict : 'retry-after');
    this.retryAfterMs = options.retryAfterMs;
    this.field = options.field;
    this.remedy = options.remedy ?? reasons[code].remedy;
  }
}

/** Anything thrown, as an LbError: what is not one already is a bug of ours, and keeps its cause. */
export function asLbError(thrown: unknown, code: Reason = 'InternalError'): LbError {
  if (thrown instanceof LbError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new LbError(code, text.split('\n', 1)[0] ?? '', { cause: thrown });
}

/** The same for work that a signal may have cut short: what was thrown then says nothing about the work. */
export function asLbErrorOf(thrown: unknown, signal: AbortSignal): LbError {
  return signal.aborted ? new LbError('Stopping', 'the process is ending', { cause: thrown }) : asLbError(thrown);
}

/** Failures of this process's right to act, not of what it did: nothing is written about them. */
export const isEnding = (error: LbError): boolean => error.code === 'Stopping' || error.code === 'LeaseLost';
