import type { Explained } from '../../scripts/mutation-score.ts';

/** Changes that `npm run mutation` makes and no test notices, each with the reason why none can or should. */
export const explained: readonly Explained[] = [
  {
    file: 'src/plan/inputs.ts',
    from: "return value ?? '';",
    to: 'return value ?? "Stryker was here!";',
    why: 'Where a value is missing the whole operation is dropped, and this text with it.',
  },
  {
    file: 'src/plan/inputs.ts',
    from: 'return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, item === undefined ? undefined : replace(item, fill)]));',
    to: 'return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, false ? undefined : replace(item, fill)]));',
    why: 'What is no object comes back as it is, undefined too; the question is there for the type.',
  },
  {
    file: 'src/engine/pass.ts',
    from: 'const over = doubtSince === undefined || clock.monotonic() - doubtSince >= input.settleMs;',
    to: 'const over = false || clock.monotonic() - doubtSince >= input.settleMs;',
    why: 'A doubt that is absent and one that is undefined are the same to whoever asks.',
  },
  {
    file: 'src/intent/addresses.ts',
    from: 'return [];',
    to: 'return ["Stryker was here"];',
    why: 'A refusal has been added just before, and with one there is no spec that could hold addresses.',
  },
  {
    file: 'src/intent/check-capabilities.ts',
    from: "service.sourceRanges.length > 0 || read.sourceRanges === undefined ? fieldPath('spec.loadBalancerSourceRanges') : read.sourceRanges.from;",
    to: "service.sourceRanges.length > 0 || false ? fieldPath('spec.loadBalancerSourceRanges') : read.sourceRanges.from;",
    why: 'Ranges that are not in the spec are in the annotation; the question is there for the type.',
  },
  {
    file: 'src/intent/check-capabilities.ts',
    from: '} else if (capabilities.mixedProtocols !== true && first !== undefined && first.protocol !== port.protocol) {',
    to: '} else if (capabilities.mixedProtocols !== true && true && first.protocol !== port.protocol) {',
    why: 'Inside of the loop over the ports there is a first one; the question is there for the type.',
  },
  {
    file: 'src/intent/nodes.ts',
    from: 'const byName = (a: Member, b: Member): number => (a.node < b.node ? -1 : 1);',
    to: 'const byName = (a: Member, b: Member): number => (a.node <= b.node ? -1 : 1);',
    why: 'No two nodes of a cluster have one name.',
  },
];
