/** What an URL of the resource API names. */
export interface Route {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** The path and the query of `path`, apart. Never throws: what stands behind two slashes is no host here. */
export function splitPath(path: string): { path: string; query: URLSearchParams } {
  const url = new URL(`http://embedded${path.startsWith('/') ? '' : '/'}${path}`);
  return { path: url.pathname, query: url.searchParams };
}

/** Reads `/api/v1/…` and `/apis/group/version/…`; undefined for any other path. */
export function parseRoute(path: string): Route | undefined {
  const parts = segments(path);
  if (parts === undefined) return undefined;
  const [root, ...rest] = parts;
  const group = root === 'apis' ? rest.shift() : root === 'api' ? '' : undefined;
  const version = rest.shift();
  if (group === undefined || version === undefined) return undefined;
  return resourceOf({ group, version }, rest);
}

/** The parts of a path; undefined where their escapes are broken. */
function segments(path: string): readonly string[] | undefined {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function resourceOf(groupVersion: { group: string; version: string }, parts: readonly string[]): Route | undefined {
  const [first, second, third] = parts;
  const subresourceOfNamespace = third === undefined || third === 'status' || third === 'finalize';
  const inNamespace = first === 'namespaces' && second !== undefined && !(groupVersion.group === '' && subresourceOfNamespace);
  const [plural, name, subresource, ...more] = inNamespace ? parts.slice(2) : parts;
  if (plural === undefined || more.length > 0) return undefined;
  return {
    ...groupVersion,
    plural,
    ...(inNamespace ? { namespace: second } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
