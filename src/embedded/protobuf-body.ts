import type { Json, JsonObject } from '../model/json.ts';
import { fieldNumbered } from './protobuf-numbers.ts';
import { WireError, wireFields, type WireField } from './protobuf-wire.ts';
import { apiVersionOf, builtInTypes } from './resource-type.ts';
import type { Shape, StructShape } from './shape.ts';

/** What every protobuf body of Kubernetes begins with. */
const magic = Buffer.from('k8s\0');
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * An object that was sent as protobuf, as `kubectl create namespace` and its like do, as the JSON it stands for. Undefined where
 * it holds anything whose number is not known here: half an object is never taken.
 */
export function jsonOfProtobuf(body: Uint8Array): JsonObject | undefined {
  if (!magic.equals(body.subarray(0, magic.length))) return undefined;
  try {
    const envelope = wireFields(body.subarray(magic.length));
    const [apiVersion, kind] = wireFields(bytesOf(envelope, 1)).map(textOf);
    const type = builtInTypes.find((known) => known.kind === kind && apiVersionOf(known) === apiVersion);
    if (type === undefined || apiVersion === undefined || kind === undefined) return undefined;
    return { apiVersion, kind, ...structOf(type.shape, bytesOf(envelope, 2)) };
  } catch (error) {
    // The last one is what the decoder throws on broken UTF-8.
    if (error instanceof WireError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function bytesOf(fields: readonly WireField[], number: number): Uint8Array {
  const found = fields.findLast((field) => field.number === number);
  if (found === undefined) return new Uint8Array();
  if (found.is !== 'bytes') throw new WireError(`field ${number} is no message`);
  return found.value;
}

function structOf(shape: StructShape, message: Uint8Array): JsonObject {
  const object: Record<string, Json> = {};
  for (const field of wireFields(message)) {
    const known = fieldNumbered(shape.name, field.number);
    const of = known === undefined ? undefined : shape.fields[known.name]?.shape;
    if (known === undefined || of === undefined) throw new WireError(`${shape.name} has an unknown field ${field.number}`);
    object[known.name] = joined(object[known.name], of, field, known.bytes);
  }
  return object;
}

/** A field's value together with what came before it: elements of lists and maps come one by one. */
function joined(before: Json | undefined, shape: Shape, field: WireField, bytes: boolean): Json {
  if (shape.is === 'list') return [...((before ?? []) as readonly Json[]), valueOf(shape.of, field)]; // of a list, as before
  if (shape.is !== 'map') return valueOf(shape, field);
  const entry = wireFields(messageOf(field));
  const value = entry.find(({ number }) => number === 2);
  const shown = bytes ? Buffer.from(bytesOf(entry, 2)).toString('base64') : value === undefined ? '' : valueOf(shape.of, value);
  return { ...((before ?? {}) as JsonObject), [utf8.decode(bytesOf(entry, 1))]: shown }; // of a map, as before
}

function valueOf(shape: Shape, field: WireField): Json {
  switch (shape.is) {
    case 'struct':
      return structOf(shape, messageOf(field));
    case 'string':
      return textOf(field);
    case 'bool':
      return numberOf(field) !== 0;
    case 'int32':
    case 'int64':
      return numberOf(field);
    case 'intOrString': {
      const [isText, number, text] = [1, 2, 3].map((wanted) => wireFields(messageOf(field)).find((part) => part.number === wanted));
      if (isText === undefined || numberOf(isText) === 0) return number === undefined ? 0 : numberOf(number);
      return text === undefined ? '' : textOf(text);
    }
    case 'time': {
      const seconds = wireFields(messageOf(field)).find(({ number }) => number === 1);
      return seconds === undefined ? null : new Date(numberOf(seconds) * 1000).toISOString().replace('.000Z', 'Z');
    }
    default:
      throw new WireError(`a field of this type is not read: ${shape.is}`);
  }
}

function messageOf(field: WireField): Uint8Array {
  if (field.is !== 'bytes') throw new WireError(`field ${field.number} is no message`);
  return field.value;
}

const textOf = (field: WireField): string => utf8.decode(messageOf(field));

function numberOf(field: WireField): number {
  if (field.is !== 'varint') throw new WireError(`field ${field.number} is no number`);
  return Number(BigInt.asIntN(64, field.value));
}
