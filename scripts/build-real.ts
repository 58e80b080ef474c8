import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { builtMoto, missingForMoto } from '../test/real/aws/moto.ts';
import { builtServiceController } from '../test/real/upstream/service-controller.ts';

/** Builds what the real suites need and the cache does not have: a Kubernetes with kubelets and its tests, upstream's service controller, moto. */
const child = spawn(join(import.meta.dirname, '../test/real/e2e/kubelets.sh'), ['build'], { stdio: 'inherit' });
const [code] = (await once(child, 'exit')) as [number | null]; // the event's own arguments
if (code === 0) process.stdout.write(`${await builtServiceController()}\n`);
if (missingForMoto() === undefined) process.stdout.write(`${await builtMoto()}\n`);
process.exitCode = code ?? 1;
