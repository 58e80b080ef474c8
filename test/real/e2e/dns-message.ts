/** A question about one name, with what an answer repeats of it. */
export interface Question {
  readonly name: string;
  readonly type: number;
  readonly id: Buffer;
  /** Its bytes as they came. */
  readonly section: Buffer;
}

const header = 12;
const typeA = 1;
const ttlSeconds = 5;
/** Of the second word of an answer: it is one, with authority; with a code where there is no such name. */
const flags = { found: 0x8400, noSuchName: 0x8403 };

/** Undefined where this is no query for exactly one name. */
export function questionOf(query: Buffer): Question | undefined {
  if (query.length < header || (query.readUInt16BE(2) & 0x8000) !== 0 || query.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = header;
  for (let length = query[at]; length !== 0; length = query[at]) {
    // Two high bits make a pointer, which no question needs.
    if (length === undefined || length > 63) return undefined;
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  const end = at + 5;
  if (query.length < end) return undefined;
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), id: query.subarray(0, 2), section: query.subarray(header, end) };
}

/** @param addresses IPv4; undefined where there is no such name. Whoever asks for another type gets none, and the name exists. */
export function answerTo({ type, id, section }: Question, addresses: readonly string[] | undefined): Buffer {
  const records = type === typeA ? (addresses ?? []).map(recordOf) : [];
  const counts = Buffer.alloc(header - 2);
  counts.writeUInt16BE(addresses === undefined ? flags.noSuchName : flags.found, 0);
  counts.writeUInt16BE(1, 2);
  counts.writeUInt16BE(records.length, 4);
  return Buffer.concat([id, counts, section, ...records]);
}

function recordOf(address: string): Buffer {
  const record = Buffer.alloc(16);
  // The name is the one of the question, at its place in the message.
  record.writeUInt16BE(0xc000 | header, 0);
  record.writeUInt16BE(typeA, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(ttlSeconds, 6);
  record.writeUInt16BE(4, 10);
  record.set(address.split('.').map(Number), 12);
  return record;
}
