import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CloudProxy } from './cloud-proxy.ts';

const page = join(import.meta.dirname, '../../../docs/reference/aws-calls.md');

/**
 * What the peers ask for the same, all of it and in brackets what of it changes something; measured beside moto like this.
 * `first`: the AWS Load Balancer Controller 3.5.0, `second`: the service controller of the AWS cloud provider of 2026.
 */
const peers: Readonly<Record<string, readonly [first: string, second: string]>> = {
  'first of a cluster': ['30 (8)', '17 (6)'],
  'create, 1 port': ['25 (8)', '15 (6)'],
  'create, 3 ports': ['48–51 (16–17)', '21 (12)'],
  'create, TCP and UDP of one port': ['', 'refused'],
  'create, Local': ['25 (8)', '17 (7)'],
  unchanged: ['15 (0)', '11 (0)'],
  'node joins': ['44 (20) for 20 Services', '261 (20) for 20 Services'],
  'node leaves': ['38–41 (20) for 20 Services', '260 (20) for 20 Services'],
  'node port changes': ['', ''],
  'type ClusterIP': ['13', '10'],
  'type LoadBalancer': ['', ''],
  'create, 45 at once': ['1154–1167 (317–323) for 50', '654 (251) for 50'],
  'restart with 50': ['715–716 (0)', '552 (0)'],
  'delete, 3 ports': ['26 (14)', '12 (6)'],
  'delete, all at once': ['453 (202) for 50', '402 (151) for 50'],
};

/** With `--write-docs`: `docs/reference/aws-calls.md` as this run has counted. */
export async function writeCallsPage(proxy: CloudProxy): Promise<void> {
  if (process.env['PORTOLAN_WRITE_DOCS'] === '1') await writeFile(page, pageOf(proxy));
}

function pageOf(proxy: CloudProxy): string {
  const rows = Object.entries(peers).map(([phase, [first, second]]) => {
    const counts = Object.entries(proxy.counts(phase));
    const sum = (of: typeof counts) => of.reduce((all, [, count]) => all + count, 0);
    const changes = counts.filter(([action]) => !action.startsWith('Describe'));
    const actions = counts.map(([action, count]) => `${action} ${count}`).join(', ');
    return `| ${phase} | ${sum(counts)} (${sum(changes)}) | ${first} | ${second} | ${actions} |`;
  });
  return `# What Amazon is asked

Requests of \`portolan controller\` on a real kube-apiserver with moto for Amazon, counted by a proxy between them: all, and in brackets those that change something. \`npm run test:real -- aws --write-docs\` writes this page;
without the flag the suite holds the budgets: 9 for a Service with one port until its address is in its status, 3 more for each further port, none where nothing changed, one per target group where a node joins or leaves, reads in pages and by twenties after a restart, 6 for a deletion and 2 more for each further port.
What is being made is asked for together every 15 seconds. Beside it: the AWS Load Balancer Controller 3.5.0 and the service controller of the AWS cloud provider (2026) in the same place; an empty field was not measured.

| | Portolan | AWS Load Balancer Controller | cloud provider | by action |
|---|---|---|---|---|
${rows.join('\n')}

A node that joins or leaves: seven target groups here. What all load balancers share looks at the security groups of the nodes now and then, once for all Services: these \`DescribeSecurityGroups\` and \`DescribeSecurityGroupRules\` are counted in the row they fall into.
`;
}
