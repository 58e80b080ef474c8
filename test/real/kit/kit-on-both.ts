import { allCases } from '../../../src/conformance/all-cases.ts';
import type { Ground } from '../../../src/conformance/cluster-api.ts';
import type { ConformanceCase } from '../../../src/conformance/case.ts';
import { outcomeWords } from '../../../src/conformance/report/counts.ts';
import type { CaseResult } from '../../../src/conformance/result.ts';
import { runCase } from '../../../src/conformance/run-case.ts';
import type { Simulate } from '../../../src/conformance/simulation.ts';
import { asLbError } from '../../../src/errors.ts';
import { notTold, type OnBoth } from './on-both.ts';
import { realGround } from './real-ground.ts';
import { twoClusters } from './two-clusters.ts';

/** Cases that no real API server can tell, and why. */
export const embeddedOnly: Readonly<Record<string, string>> = {
  'node-updates/not-understood':
    'it puts a taint without a key into a Node, as a later version of Kubernetes might; version 1.36 refuses it with 422',
};

const seed = 1;

/** Every case over one provider, told twice by the same code. */
export async function kitOnBoth(simulate: Simulate): Promise<readonly OnBoth[]> {
  await using clusters = twoClusters();
  const real = realGround(clusters);
  const all: OnBoth[] = [];
  try {
    for (const each of allCases) {
      const embedded = await told(each, simulate);
      all.push({ story: each.id, embedded, real: each.id in embeddedOnly ? notTold : await told(each, simulate, real) });
    }
  } finally {
    await real.close();
  }
  return all;
}

/** How a story went; one that cannot even begin has failed. */
export async function told(of: ConformanceCase, simulate: Simulate, ground?: Ground): Promise<string> {
  try {
    return inWords(await runCase(of, { simulate, seed, ...(ground === undefined ? {} : { ground }) }));
  } catch (thrown) {
    return `failed: ${asLbError(thrown).text}`;
  }
}

function inWords({ checks, failure }: CaseResult): string {
  if (failure !== undefined) return `failed: ${failure.text}\n${failure.trace.join('\n')}`;
  return [...new Set(checks.map(({ outcome }) => outcomeWords[outcome]))].join(', ');
}
