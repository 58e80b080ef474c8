#!/usr/bin/env node
// The one file that must run on any Node: it names the version it needs, then hands over. In a checkout the TypeScript
// runs as it is; the published package has no sources beside it and carries one bundled file instead.
import { existsSync } from 'node:fs';

const needed = 24;
if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(`portolan needs Node ${needed} or newer; this is ${process.version}\n`);
  process.exit(2);
}
const source = new URL('../src/main.ts', import.meta.url);
const { main } = await import(existsSync(source) ? source.href : new URL('../dist/portolan.mjs', import.meta.url).href);
await main();
