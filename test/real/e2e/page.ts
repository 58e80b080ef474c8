import { listedTests, type ListedTest, type Mode } from './tests.ts';
import type { Outcome } from './report.ts';

/** By test, what its cell says in each mode. */
export type Table = ReadonlyMap<string, Readonly<Record<Mode, string>>>;

const notRun = 'not run';

/** `passed, 24 s`; a test that is left out points at its reason below the table. */
export function cellOf(test: ListedTest, mode: Mode, outcome: Outcome | undefined): string {
  const reason = test.leftOut?.[mode];
  if (reason !== undefined) return `left out (${reasons().indexOf(reason) + 1})`;
  if (outcome === undefined) return notRun;
  const word = outcome.state === 'skipped' ? `skips itself: ${outcome.message}` : outcome.state;
  return `${word}, ${Math.round(outcome.seconds)} s`;
}

/** Two runs differ in nothing else. */
export const withoutSeconds = (cell: string): string => cell.replace(/, \d+ s$/, '');

/** The table with what became of some tests in one mode. */
export function withOutcomes(table: Table, mode: Mode, tests: readonly ListedTest[], outcomes: readonly Outcome[]): Table {
  const next = new Map(table);
  for (const test of tests) {
    const cells = next.get(test.name) ?? { class: notRun, ccm: notRun };
    next.set(test.name, {
      ...cells,
      [mode]: cellOf(
        test,
        mode,
        outcomes.find(({ name }) => name === test.name),
      ),
    });
  }
  return next;
}

/** @throws Error where a line of the table has not three cells. */
export function readPage(page: string): Table {
  const lines = page.split('\n').filter((line) => /^\| (LoadBalancers|Services) /.test(line));
  return new Map(
    lines.map((line) => {
      const [name, inClass, inCcm, ...more] = line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
      if (name === undefined || inClass === undefined || inCcm === undefined || more.length > 0)
        throw new Error(`no line of the table: ${line}`);
      return [name, { class: inClass, ccm: inCcm }];
    }),
  );
}

const reasons = (): readonly string[] => [...new Set(listedTests.flatMap(({ leftOut }) => Object.values(leftOut ?? {})))];

/** `docs/reference/e2e.md`, of all that is listed. */
export function pageOf(table: Table): string {
  const rows = listedTests.map((test) => {
    const cells = table.get(test.name);
    const cell = (mode: Mode) => (test.leftOut?.[mode] === undefined ? (cells?.[mode] ?? notRun) : cellOf(test, mode, undefined));
    return `| ${test.name} | ${cell('class')} | ${cell('ccm')} |`;
  });
  return `${head}
| Test | class | ccm |
|---|---|---|
${rows.join('\n')}

Left out:

${reasons()
  .map((reason, index) => `${index + 1}. ${reason}`)
  .join('\n')}

${tail}`;
}

const head = `# Kubernetes' own tests

What became of every \`[sig-network] LoadBalancers\` test of Kubernetes 1.36.3, and of the \`[sig-network] Services\` tests that make a
load balancer, with Portolan and its provider \`local\`: as the default class of \`portolan controller\`, and as \`portolan ccm\`.

The tests run unchanged, on real kubelets, containerd and kube-proxy (nftables), two processes of them at a time. Portolan runs where
they do, outside of the nodes, and has 203.0.113.0/24 on its loopback. \`npm run test:real -- e2e --write-docs\` writes the class column
but for what takes longest, \`npm run test:real -- e2e-long --write-docs\` all the rest; without the flag they compare, and seconds may differ.
`;

const tail = `## What the outcomes do not say

- "should target all nodes with endpoints" would pass, too, where only one of the nodes gets traffic: it compares whole answers, and these
  hold the time of day. That \`local\` takes the healthy nodes in turn is shown by its own tests.
- The two tests that skip themselves look for the client's address at the Pod. \`local\` says \`ipMode: Proxy\`, and a proxy does not
  keep it; the PROXY protocol tells it (\`portolan.dev/proxy-protocol\`).
- None of these tests looks at a load balancer of a cloud: a controller that leaves things behind would pass. The conformance kit looks.
`;
