import { isList } from './go-text.ts';
import { isObject, type KubeObject } from './kube-object.ts';
import { builtInTypes, customType, type ResourceType } from './resource-type.ts';

const id = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`;

/** Every resource the API serves now. Grows with custom resource definitions and with first writes to unknown groups. */
export class Catalogue {
  readonly #types = new Map<string, ResourceType>();

  constructor() {
    for (const type of builtInTypes) this.add(type);
  }

  add(type: ResourceType): void {
    this.#types.set(id(type.group, type.version, type.plural), type);
  }

  find(group: string, version: string, plural: string): ResourceType | undefined {
    return this.#types.get(id(group, version, plural));
  }

  all(): readonly ResourceType[] {
    return [...this.#types.values()];
  }

  hasGroup(group: string, version: string): boolean {
    return this.all().some((type) => type.group === group && type.version === version);
  }

  /** Serves what a CustomResourceDefinition declares. A definition without the needed fields declares nothing. */
  define(definition: KubeObject): void {
    const spec = definition['spec'];
    if (!isObject(spec)) return;
    const { group, names, versions } = spec;
    if (typeof group !== 'string' || !isObject(names) || !isList(versions)) return;
    const { kind, plural, singular, shortNames, categories } = names;
    if (typeof kind !== 'string' || typeof plural !== 'string') return;
    for (const version of versions) {
      if (!isObject(version) || typeof version['name'] !== 'string' || version['served'] === false) continue;
      this.add(
        customType({
          group,
          version: version['name'],
          plural,
          kind,
          namespaced: spec['scope'] !== 'Cluster',
          status: isObject(version['subresources']) && isObject(version['subresources']['status']),
          ...(typeof singular === 'string' ? { singular } : {}),
          ...(isList(categories) ? { categories: categories.filter((name) => typeof name === 'string') } : {}),
          ...(isList(shortNames) ? { shortNames: shortNames.filter((name) => typeof name === 'string') } : {}),
        }),
      );
    }
  }
}
