import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';

/** Keys and indexes from the top of the file to a value. */
export type Path = readonly (string | number)[];

/** Something wrong at a place of the file. `path` is empty for the file as a whole. */
export interface Problem {
  readonly path: Path;
  readonly text: string;
  /** Where the place cannot be found by its path, as in YAML that does not parse. */
  readonly at?: { readonly line: number; readonly column: number };
}

/** A YAML text as plain data, with the place of each value. */
export interface YamlSource {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Line and column, from 1, of a key or list item; of the nearest one above it where it is not there. */
  place(path: Path): { line: number; column: number } | undefined;
}

/** Reads one YAML document. Broken YAML, repeated keys, unknown tags and further documents are problems. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }): Problem => {
    const { line, col } = lines.linePos(pos[0]);
    return { path: [], text: `not valid YAML: ${message.split('\n', 1)[0] ?? ''}`, at: { line, column: col } };
  });
  const place: YamlSource['place'] = (path) => {
    const offset = offsetOf(document, path);
    if (offset === undefined) return undefined;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (problems.length > 0) return { value: undefined, problems, place };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { value, problems, place };
  } catch (thrown) {
    // The library throws where aliases point nowhere or multiply beyond the limit.
    const cause = thrown instanceof Error ? thrown.message : String(thrown);
    return { value: undefined, problems: [{ path: [], text: `not valid YAML: ${cause.split('\n', 1)[0] ?? ''}` }], place };
  }
}

function offsetOf(document: Document, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const segment of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
      if (pair === undefined) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0];
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(segment)];
      const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
      offset = range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
