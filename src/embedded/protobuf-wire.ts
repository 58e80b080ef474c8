/** One field of a protobuf message as it is on the wire. */
export type WireField =
  | { readonly number: number; readonly is: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly is: 'bytes'; readonly value: Uint8Array };

/** Bytes that are no protobuf, or of it what Kubernetes never sends. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** The fields of a message, in the order they were written. @throws WireError */
export function wireFields(message: Uint8Array): readonly WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError('a number does not end');
  };
  while (at < message.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    const kind = tag & 7n;
    if (kind === 0n) {
      fields.push({ number, is: 'varint', value: varint() });
    } else if (kind === 2n) {
      const end = Number(varint()) + at;
      if (end > message.length) throw new WireError('a field is longer than its message');
      fields.push({ number, is: 'bytes', value: message.subarray(at, end) });
      at = end;
    } else {
      throw new WireError(`there is no field of wire type ${kind} in Kubernetes`);
    }
  }
  return fields;
}
