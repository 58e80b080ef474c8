/** One command and what is to be compared of it. */
export interface Step {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A controller has its hand in it: asked again until both clusters say the same. */
  readonly eventually?: true;
  /** A second command, once the first one's output holds a text. */
  readonly during?: { readonly says: string; readonly args: readonly string[] };
  /** The lines that are compared; all by default. */
  readonly only?: RegExp;
  /** Every line of the embedded API's is among the real one's, which serves more. */
  readonly part?: true;
  /** What the embedded API says instead, where it is meant to differ. */
  readonly instead?: RegExp;
}

/** Commands one after the other, in a namespace of the story's name. */
export interface Story {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Told with an older kubectl, too. */
  readonly older?: true;
}

/** A step of a command line without quotes: its words stand between single blanks. */
export const step = (line: string, more: Omit<Step, 'args'> = {}): Step => ({ args: line.split(' '), ...more });

/** Words that hold blanks. */
export const words = (args: readonly string[], more: Omit<Step, 'args'> = {}): Step => ({ args, ...more });

export const apply = (...objects: readonly object[]): Step => step('apply -f -', { stdin: manifest(...objects) });

/** Manifests in one text, as kubectl reads them. */
export const manifest = (...objects: readonly object[]): string => objects.map((object) => JSON.stringify(object)).join('\n---\n');

export const service = (name: string, spec: object, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, ...metadata },
  spec,
});
