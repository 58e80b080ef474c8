import { InvalidArgumentError, Option } from 'commander';
import { formatDuration, parseDuration } from '../settings/duration.ts';

/** An option that takes a duration; its value is in milliseconds. What is no duration is a usage error. */
export const durationOption = (flags: string, text: string, defaultMs: number): Option =>
  new Option(flags, text).argParser(parsed).default(defaultMs, formatDuration(defaultMs));

function parsed(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a duration such as 30s or 5m.');
  return ms;
}
