import type { Command } from 'commander';
import { providerKinds, providers } from '../providers/registry.ts';
import { ccmMetricTable } from '../src/commands/ccm/upstream-signs.ts';
import { buildProgram } from '../src/commands/program.ts';
import { configJsonSchema, configMarkdown, reasonsMarkdown, type DocumentedProvider } from '../src/config/reference.ts';
import { metricTable } from '../src/controller/metric-table.ts';
import { kubeMetrics } from '../src/kube/kube-metrics.ts';
import type { MetricTable } from '../src/metrics.ts';
import { annotationsMarkdown, code, markdownTable } from '../src/settings/markdown.ts';
import { benchPage } from '../test/bench/page.ts';

/** Every page of `docs/reference`, by its name, made from the tables and the command line that the code itself uses. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const documented = await documentedProviders();
  return new Map([
    ['configuration.md', configMarkdown(documented)],
    ['configuration.schema.json', `${JSON.stringify(configJsonSchema(documented), null, 2)}\n`],
    ['annotations.md', annotationsMarkdown(documented.filter(({ incomplete }) => incomplete !== true))],
    ['reasons.md', reasonsMarkdown()],
    ['metrics.md', metricsMarkdown({ ...metricTable, ...kubeMetrics, ...ccmMetricTable })],
    ['cli.md', cliMarkdown()],
    ['bench.md', benchPage()],
  ]);
}

/** The kinds of provider with their rows, as far as they are known without a program. */
export async function documentedProviders(): Promise<readonly DocumentedProvider[]> {
  const found: DocumentedProvider[] = [];
  for (const kind of providerKinds) {
    const entry = providers[kind];
    if (entry === undefined) throw new Error(`the registry lists ${kind} and does not have it`);
    const { connection, settings } = (await entry.load()).provider;
    found.push({ kind, connection, settings, ...(entry.describe === undefined ? {} : { incomplete: true }) });
  }
  return found;
}

function metricsMarkdown(table: MetricTable): string {
  const rows = Object.entries(table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { kind, labels, help }]) => [code(name), kind, labels.length === 0 ? '–' : labels.map(code).join(', '), help]);
  return [
    '# Metrics',
    'Served at `/metrics` in the format of Prometheus. Times are in seconds. Names are never changed without a release in which both are there. ' +
      "Those without `portolan_` have the names of Kubernetes' own controllers, so that dashboards for these work.",
    markdownTable(['Name', 'Kind', 'Labels', 'What it tells'], rows),
    '',
  ].join('\n\n');
}

function cliMarkdown(): string {
  const program = buildProgram({ out: () => {}, err: () => {}, env: {}, signal: new AbortController().signal, colour: false }, () => {});
  const sections = program.commands.map((command) => [`## ${code(`portolan ${command.name()}`)}`, helpBlock(command)]);
  return ['# Command line', 'What `--help` prints.', helpBlock(program), ...sections.flat(), ''].join('\n\n');
}

/** The help as it is printed, on a terminal of always the same width. */
function helpBlock(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part), getOutHelpWidth: () => 120 }).outputHelp();
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
