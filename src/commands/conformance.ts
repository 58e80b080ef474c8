import { Command, Option } from 'commander';
import type { ReportFormat } from '../conformance/report/formats.ts';
import type { ExitCode, Io } from './io.ts';

/** Enough to be heard of in every CI run, and soon over. */
export const defaultEdits = 2_000;

export interface ConformanceFlags {
  readonly provider?: string;
  /** A provider in another process: its command line, as one text. */
  readonly command?: string;
  /** File with parts of the `connection` that the provider behind `--command` is tried on. */
  readonly connection?: string;
  readonly list?: true;
  readonly case?: readonly string[];
  readonly area?: readonly string[];
  readonly pass?: readonly string[];
  readonly edits: string;
  readonly seed: string;
  readonly real?: true;
  readonly output: ReportFormat;
  readonly report?: readonly string[];
}

/** `portolan conformance`: the kit. Its parts are loaded only when it runs: a controller needs none of them. */
export function conformanceCommand(io: Io, done: (code: ExitCode) => void): Command {
  return new Command('conformance')
    .description('Tries a provider out on everything a load balancer must do, without a cluster and without a cloud.')
    .option('--provider <kind>', 'a provider of this build, on its cloud in memory')
    .option('--command <argv>', 'a provider in a process of its own: how it is started, quoted as in a shell')
    .option(
      '--connection <file>',
      'YAML or JSON file; what it says of the connection wins over what the program behind --command offers to be tried on',
    )
    .option('--list', 'print the cases instead of running them (with -o json: with their steps)')
    .option('--case <name>', 'only this case; * stands for any text; repeatable', collect)
    .option('--area <name>', 'only the cases of this area; repeatable', collect)
    .option('--pass <name>', 'only cases, faults, crash or fuzz; repeatable (default: all; with --case or --area: cases)', collect)
    .option('--edits <number>', 'how many edits the fuzz makes', String(defaultEdits))
    .option('--seed <number>', 'what chance begins with; the same seed tells the same stories', '1')
    .option('--real', 'on a cloud of its own instead of one in memory (local: real sockets)')
    .addOption(
      new Option('-o, --output <format>', 'how to print the report').choices(['text', 'json', 'markdown', 'junit']).default('text'),
    )
    .option('--report <file>', 'write the report there too: .txt, .json, .md, .xml, or FILE:FORMAT; repeatable', collect)
    .addHelpText(
      'after',
      `
Examples:
  portolan conformance --provider local
  portolan conformance --command 'python3 provider.py' --report junit.xml
  portolan conformance --list --area nodes
  portolan conformance --provider local --case 'nodes/*' --seed 7
  portolan conformance --provider local --pass fuzz --edits 100000 --seed 42

Each check is held against a row of the Service contract. A feature that the provider declares to lack must be refused
visibly; what does not apply says why. Progress is told on stderr. The same seed gives the same report.

Exit codes: 0 it conforms, 1 could not run or was stopped, 2 wrong flag, 3 it does not conform.`,
    )
    .action(async (flags: ConformanceFlags) => {
      const { runConformance } = await import('./conformance/run-conformance.ts');
      done(await runConformance(flags, io));
    });
}

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
