const newline = 0x0a;

/** Splits bytes into lines of text, however they are cut into chunks; an unfinished last line is dropped. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let rest: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = text([...rest, chunk.subarray(start, end)]);
      rest = [];
      start = end + 1;
      if (line !== '') yield line;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
}

/** Decoded whole: a character may be cut in two by a chunk's end. */
const text = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('utf8');
