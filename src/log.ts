import { pino } from 'pino';
import { LbError } from './errors.ts';

export type Facts = Readonly<Record<string, unknown>>;
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One line per decision: a static message, facts as fields. `info` is readable by an operator without the source. */
export interface Log {
  debug(facts: Facts, message: string): void;
  info(facts: Facts, message: string): void;
  warn(facts: Facts, message: string): void;
  error(facts: Facts, message: string): void;
  /** A logger that adds these facts to each line. */
  with(facts: Facts): Log;
}

/** Where lines go: anything that takes text, one line with its newline at a time. */
export interface LogDestination {
  write(line: string): void;
}

/** A root logger and the one thing that can be changed about it while it runs. */
export interface RootLog extends Log {
  setLevel(level: LogLevel): void;
}

/** JSON lines by pino, written synchronously so that a crash keeps its last words. */
export function createLog(level: LogLevel, destination: LogDestination): RootLog {
  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: describeError },
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const wrap = (logger: typeof root): Log => ({
    debug: (facts, message) => logger.debug(facts, message),
    info: (facts, message) => logger.info(facts, message),
    warn: (facts, message) => logger.warn(facts, message),
    error: (facts, message) => logger.error(facts, message),
    with: (facts) => wrap(logger.child(facts)),
  });
  return { ...wrap(root), setLevel: (next) => void (root.level = next) };
}

/** A logger that says nothing: for tests and one-shot commands. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silentLog };

function describeError(thrown: unknown): unknown {
  if (thrown instanceof LbError) {
    const { code, verdict, text, field, cause } = thrown;
    return {
      code,
      verdict,
      text,
      ...(field === undefined ? {} : { field }),
      ...(cause === undefined ? {} : { cause: describeError(cause) }),
    };
  }
  if (thrown instanceof Error) return { name: thrown.name, text: thrown.message, stack: thrown.stack };
  return thrown;
}
