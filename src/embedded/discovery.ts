import type { Json, JsonObject } from '../model/json.ts';
import type { Catalogue } from './catalogue.ts';
import type { ResourceType } from './resource-type.ts';

/** The Kubernetes version the embedded API stands for. */
const version = { major: '1', minor: '36', gitVersion: 'v1.36.3', platform: 'linux/amd64', goVersion: 'go1.26', compiler: 'gc' };

/** The documents by which clients find out what there is; undefined where the path is none of them. */
export function discoveryDocument(path: string, catalogue: Catalogue): JsonObject | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const [root, group, groupVersion] = parts;
  if (parts.length === 1 && root === 'version') return version;
  if (parts.length === 1 && root === 'api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (parts.length === 1 && root === 'apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(catalogue) };
  if (root === 'api' && parts.length === 2) return resources('', group ?? '', catalogue);
  if (root !== 'apis' || group === undefined) return undefined;
  if (parts.length === 3) return resources(group, groupVersion ?? '', catalogue);
  if (parts.length !== 2) return undefined;
  const found = groups(catalogue).find((one) => one['name'] === group);
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...found };
}

function groups(catalogue: Catalogue): readonly JsonObject[] {
  const versions = new Map<string, Set<string>>();
  for (const type of catalogue.all()) {
    if (type.group !== '') versions.set(type.group, (versions.get(type.group) ?? new Set()).add(type.version));
  }
  return [...versions].map(([name, served]) => {
    const all = [...served].map((one) => ({ groupVersion: `${name}/${one}`, version: one }));
    return { name, versions: all, preferredVersion: all[0] ?? null };
  });
}

function resources(group: string, served: string, catalogue: Catalogue): JsonObject | undefined {
  const types = catalogue.all().filter((type) => type.group === group && type.version === served);
  if (types.length === 0) return undefined;
  const groupVersion = group === '' ? served : `${group}/${served}`;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: types.flatMap(rows) };
}

function rows(type: ResourceType): readonly Json[] {
  const { namespaced, kind, shortNames, categories } = type;
  const many = type.severalAtOnce ? ['deletecollection'] : [];
  const row = {
    name: type.plural,
    singularName: type.singular,
    namespaced,
    kind,
    verbs: ['create', 'delete', ...many, 'get', 'list', 'patch', 'update', 'watch'],
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
  const status = { name: `${type.plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] };
  return type.status ? [row, status] : [row];
}
