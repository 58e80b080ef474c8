import { styleText } from 'node:util';
import type { Reply, Target } from './traffic.ts';

/** Where words go. */
export interface Output {
  /** The answer: standard output. */
  out(text: string): void;
  /** Progress and logs: standard error. */
  err(text: string): void;
  /** Whether `out` is looked at by a person at a terminal that knows colours. */
  readonly colour: boolean;
}

/** A check that did not come good in time. */
export interface Failure {
  readonly title: string;
  /** What was seen instead. */
  readonly cause: string;
}

/** Tells the story of a demo as it happens. */
export interface Printer {
  heading(text: string): void;
  /** What the demo does, as a user would. */
  act(text: string): void;
  /** What the cluster did. */
  event(text: string): void;
  note(text: string): void;
  good(title: string): void;
  bad(failure: Failure): void;
  request(target: Target, reply: Reply): void;
}

/** The story on standard output, or, as JSON, each request on standard output and the story on standard error. */
export function createPrinter(format: 'text' | 'json', output: Output): Printer {
  const json = format === 'json';
  const say = (text: string) => (json ? output.err(`${text}\n`) : output.out(`${text}\n`));
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    output.colour && !json ? styleText(style, text, { validateStream: false }) : text;
  return {
    heading: (text) => say(`\n${paint('bold', text)}`),
    act: (text) => say(`  ${paint('cyan', '>')} ${text}`),
    event: (text) => say(`    ${paint('dim', text)}`),
    note: (text) => say(indented(text)),
    good: (title) => say(`  ${paint('green', '✓')} ${title}`),
    bad: ({ title, cause }) => output.err(`  ${paint('red', '✗')} ${title}\n      ${oneLine(cause)}\n`),
    request: (target, reply) => {
      if (json) output.out(`${JSON.stringify({ ...target, ...reply })}\n`);
    },
  };
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
