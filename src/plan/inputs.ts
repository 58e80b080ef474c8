import type { StepId } from '../model/ids.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { FromStep } from '../model/plan.ts';

/** The steps whose outputs an operation needs. */
export function sourcesOf(op: Json): readonly StepId[] {
  const found = new Set<StepId>();
  void replace(op, ({ from }) => {
    found.add(from);
    return from;
  });
  return [...found];
}

/**
 * The operation with each `{ from, output }` replaced by that step's output; undefined where a source has not run or
 * did not give the output.
 */
export function withInputs(op: Json, outputs: ReadonlyMap<StepId, Readonly<Record<string, string>>>): Json | undefined {
  let missing = false;
  const filled = replace(op, (input) => {
    const value = outputs.get(input.from)?.[input.output];
    if (value === undefined) missing = true;
    return value ?? '';
  });
  return missing ? undefined : filled;
}

function replace(value: Json, fill: (input: FromStep) => string): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map((item) => replace(item, fill));
  if (isFromStep(value)) return fill(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, item === undefined ? undefined : replace(item, fill)]));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function isFromStep(value: JsonObject): value is JsonObject & FromStep {
  return Object.keys(value).length === 2 && typeof value['from'] === 'string' && typeof value['output'] === 'string';
}
