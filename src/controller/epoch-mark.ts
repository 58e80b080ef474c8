import type { Leadership } from '../kube/leadership.ts';
import type { EpochMark } from './node-epochs.ts';

/** Where the Lease names the node set that every pool has, and the term it was true in: `<digest> <term>` (design §4). */
const annotation = 'portolan.dev/epoch';

/** The mark of this term. */
export function leaseEpochMark(leadership: Leadership): EpochMark {
  return {
    read() {
      const mark = parsed(leadership);
      return mark?.term === leadership.term ? mark.digest : undefined;
    },
    write: (digest) => leadership.setAnnotation(annotation, digest === '' ? '' : `${digest} ${leadership.term}`),
  };
}

/**
 * Takes the mark of the term before over into this one; to be called as soon as this process leads. One that is older is
 * no word to go by: whoever led in between, upstream's manager maybe, moved members and left no mark. @throws LbError
 */
export async function carryEpochMark(leadership: Leadership): Promise<void> {
  const mark = parsed(leadership);
  if (mark !== undefined && mark.term === leadership.term - 1) await leaseEpochMark(leadership).write(mark.digest);
}

function parsed(leadership: Leadership): { readonly digest: string; readonly term: number } | undefined {
  const [digest = '', term = ''] = (leadership.annotation(annotation) ?? '').split(' ');
  return digest === '' || term === '' ? undefined : { digest, term: Number(term) };
}
