import { InvalidArgumentError, Option, type Command } from 'commander';
import { LbError } from '../../errors.ts';
import { formatDuration } from '../../settings/duration.ts';
import { nearest } from '../../settings/nearest.ts';
import { featureGates } from './feature-gates.ts';
import { controllerNames, serviceController } from './controller-names.ts';
import { flagDefaults, flagRows, type CcmFlags } from './flag-rows.ts';
import type { FlagRow, FlagValues } from './flag-row.ts';
import { parseFlagValue } from './flag-value.ts';

/** Adds every flag to the command, in groups as upstream's help has them. */
export function addFlags(command: Command): Command {
  for (const [name, row] of Object.entries(flagRows)) command.addOption(optionOf(name, row));
  return command;
}

function optionOf(name: string, row: FlagRow): Option {
  const value = row.type === 'boolean' ? '[value]' : '<value>';
  const names = row.short === undefined ? `--${name} ${value}` : `-${row.short}, --${name} ${value}`;
  const said = row.idle === undefined ? row.text : `${row.text} Accepted, and does nothing: ${row.idle}.`;
  const preset = shown(row);
  const option = new Option(names, preset === '' ? said : `${said} (default: ${preset})`);
  return option.helpGroup(`${row.group}:`).argParser((text: string, before: unknown) => parsed(row, text, before));
}

/** What is given again goes on where it is a list; else the last one counts. */
function parsed(row: FlagRow, text: string, before: unknown): unknown {
  // `-v=4` reaches us with the sign.
  const result = parseFlagValue(row.type, row.short === undefined ? text : text.replace(/^=/, ''));
  if ('problem' in result) throw new InvalidArgumentError(result.problem);
  if (before === undefined) return result.value;
  if (row.type === 'list') return [...(before as FlagValues['list']), ...(result.value as FlagValues['list'])]; // by this row
  return row.type === 'gates' ? { ...(before as FlagValues['gates']), ...(result.value as FlagValues['gates']) } : result.value; // as above
}

function shown({ type, default: preset }: FlagRow): string {
  if (type === 'duration') return preset === 0 ? '' : formatDuration(Number(preset));
  if (Array.isArray(preset)) return preset.join(',');
  return typeof preset === 'object' || preset === false || preset === 0 ? '' : String(preset);
}

/** What was said on the command line, and what of it does nothing. */
export interface ReadFlags {
  readonly flags: CcmFlags;
  /** One line for all of it; absent where everything counts. */
  readonly warning?: string;
}

/** The flags of a command that was parsed. @throws LbError `InvalidFlag` for what cannot go together or is not known */
export function readFlags(command: Command): ReadFlags {
  const given = Object.keys(flagRows).filter((name) => command.getOptionValueSource(attributeOf(name)) === 'cli');
  const values = Object.fromEntries(given.map((name) => [name, command.getOptionValue(attributeOf(name)) as unknown])); // parsed by its row
  const flags = { ...flagDefaults, ...values } as CcmFlags; // each parsed by its row
  check(flags);
  const idle = given.flatMap((name) => {
    const why = flagRows[name]?.idle;
    return why === undefined ? [] : [`--${name} (${why})`];
  });
  const gates = Object.keys(flags['feature-gates']);
  if (gates.length > 0) idle.push(`--feature-gates ${gates.join(', ')} (no gate of upstream's changes anything in Portolan)`);
  return { flags, ...(idle.length === 0 ? {} : { warning: `accepted for compatibility, without effect: ${idle.join('; ')}` }) };
}

const attributeOf = (name: string): string => new Option(`--${name}`).attributeName();

/** Whether the service controller is to run (contract M2). */
export function runsServices({ controllers }: CcmFlags): boolean {
  const names = controllers.map((name) => canonical(name.replace(/^-/, '')));
  const last = controllers.findLast((_, index) => names[index] === serviceController);
  if (last !== undefined) return !last.startsWith('-');
  return controllers.includes('*');
}

const canonical = (name: string): string => controllerNames[name] ?? name;

function check(flags: CcmFlags): void {
  const wrong = (flag: keyof CcmFlags, text: string) => new LbError('InvalidFlag', `--${flag}: ${text}`, { field: `--${flag}` });
  if (flags['cloud-provider'] === '') throw wrong('cloud-provider', 'must be set');
  for (const name of flags.controllers) {
    const plain = name.replace(/^-/, '');
    if (plain === '*' || controllerNames[plain] !== undefined) continue;
    throw wrong('controllers', unknown(`there is no controller ${plain}`, plain, Object.keys(controllerNames)));
  }
  for (const gate of Object.keys(flags['feature-gates'])) {
    if (!featureGates.includes(gate)) throw wrong('feature-gates', unknown(`there is no gate ${gate}`, gate, featureGates));
  }
  for (const flag of ['concurrent-service-syncs', 'kube-api-qps', 'kube-api-burst'] as const) {
    if (flags[flag] <= 0) throw wrong(flag, 'must be more than 0');
  }
  const port = flags['secure-port'];
  if (port < 0 || port > 65_535) throw wrong('secure-port', 'must be between 0 and 65535');
  if (flags['leader-elect']) checkElection(flags, wrong);
  if ((flags['tls-cert-file'] === '') !== (flags['tls-private-key-file'] === '')) {
    throw wrong('tls-cert-file', 'and --tls-private-key-file go together');
  }
}

function checkElection(flags: CcmFlags, wrong: (flag: keyof CcmFlags, text: string) => LbError): void {
  const [lease, renew, retry] = [
    flags['leader-elect-lease-duration'],
    flags['leader-elect-renew-deadline'],
    flags['leader-elect-retry-period'],
  ];
  if (retry <= 0) throw wrong('leader-elect-retry-period', 'must be more than 0');
  if (renew >= lease) throw wrong('leader-elect-renew-deadline', 'must be less than --leader-elect-lease-duration');
  if (retry >= renew) throw wrong('leader-elect-retry-period', 'must be less than --leader-elect-renew-deadline');
  if (flags['leader-elect-resource-lock'] !== 'leases') throw wrong('leader-elect-resource-lock', 'there is leases only');
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined ? what : `${what}; did you mean ${meant}?`;
}
