/**
 * The shape of a kind as data: which fields there are, of what type, which of them are written even when empty, and how
 * lists merge in a strategic merge patch. One description serves decoding (wrong types, unknown fields, empty values) and
 * patching.
 */
export type Shape = ScalarShape | StructShape | ListShape | MapShape | AnyShape;

export interface ScalarShape {
  readonly is: 'string' | 'bool' | 'int32' | 'int64' | 'intOrString' | 'time' | 'microTime';
  /** Where the API server has a name of its own for the type. */
  readonly name?: string;
}
/** Anything, kept as it is. */
export interface AnyShape {
  readonly is: 'any';
}
export interface StructShape {
  readonly is: 'struct';
  /** The name the API server uses for it in messages about wrong types. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Fields it does not name are kept as they are. */
  readonly open?: true;
}
export interface ListShape {
  readonly is: 'list';
  readonly of: Shape;
  /** Elements with the same value here are the same element; `set` = the elements are their own keys; absent = replaced whole. */
  readonly mergeBy?: string;
}
export interface MapShape {
  readonly is: 'map';
  readonly of: Shape;
}

export interface Field {
  readonly shape: Shape;
  /** `filled`: absent when empty; `set`: absent when not given, also kept when zero; `always`: written even when empty. */
  readonly when: 'filled' | 'set' | 'always';
}

export const any: AnyShape = { is: 'any' };
const scalar = (is: ScalarShape['is']): ScalarShape => ({ is });
export const [string, bool, int32, int64, intOrString, time, microTime] = [
  scalar('string'),
  scalar('bool'),
  scalar('int32'),
  scalar('int64'),
  scalar('intOrString'),
  scalar('time'),
  scalar('microTime'),
];

export const named = (name: string): ScalarShape => ({ is: 'string', name });

export const filled = (shape: Shape): Field => ({ shape, when: 'filled' });
export const set = (shape: Shape): Field => ({ shape, when: 'set' });
export const always = (shape: Shape): Field => ({ shape, when: 'always' });

export const struct = (name: string, fields: Readonly<Record<string, Field>>): StructShape => ({ is: 'struct', name, fields });
export const open = (name: string, fields: Readonly<Record<string, Field>>): StructShape => ({ is: 'struct', name, fields, open: true });
export const listOf = (of: Shape, mergeBy?: string): ListShape => ({ is: 'list', of, ...(mergeBy === undefined ? {} : { mergeBy }) });
export const setOf = (of: Shape): ListShape => listOf(of, 'set');
export const mapOf = (of: Shape): MapShape => ({ is: 'map', of });
export const strings = listOf(string);
export const stringMap = mapOf(string);

/** What a field's value looks like to Go, for messages. */
export function typeName(shape: Shape): string {
  switch (shape.is) {
    case 'struct':
      return `v1.${shape.name}`;
    case 'list':
      return `[]${typeName(shape.of)}`;
    case 'map':
      return `map[string]${typeName(shape.of)}`;
    case 'any':
      return 'interface {}';
    default:
      return shape.name ?? shape.is;
  }
}
