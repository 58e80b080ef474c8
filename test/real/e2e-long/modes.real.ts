import { portBase } from '../control-plane.ts';
import { missingForE2e } from '../e2e/e2e-bed.ts';
import { e2eSuite } from '../e2e/suite.ts';
import { realSuite } from '../real-suite.ts';

// Three nodes, because one test skips itself on fewer. A rolling update takes five minutes a node.
realSuite('e2e-long', missingForE2e(), () => {
  e2eSuite('e2e-long', 'class', { port: portBase(0), nodes: 3, limitMinutes: 30 });
  e2eSuite('e2e-long', 'ccm', { port: portBase(1), nodes: 3, limitMinutes: 40 });
});
