import { stringify } from 'yaml';
import { portableRows } from '../src/settings/portable.ts';
import { admissionPolicy } from './admission-policy.ts';
import { documentedProviders } from './reference.ts';

/** Every file of `deploy` that is generated, by its name from the root of the project. */
export async function generatedManifests(): Promise<ReadonlyMap<string, string>> {
  const tables = (await documentedProviders()).map(({ settings }) => settings);
  const documents = admissionPolicy([portableRows, ...tables]).map((document) => stringify(document, { lineWidth: 0 }));
  const head = '# Written by `npm run docs` from the rows of settings: what the controller would refuse is refused at admission.\n';
  return new Map([['deploy/base/admission-policy.yaml', head + documents.join('---\n')]]);
}
