const spellings: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

/** All of them. */
export const booleanTexts: readonly string[] = [...spellings.keys()];

/** A boolean in the spellings Kubernetes' own components read (Go's strconv.ParseBool); undefined for any other text. */
export function parseBoolean(text: string): boolean | undefined {
  return spellings.get(text);
}
