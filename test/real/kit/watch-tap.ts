import type { Clock } from '../../../src/clock.ts';
import { WatchStream, type WatchEvent } from '../../../src/embedded/watch-stream.ts';
import { metaOf, resourceOf, versionOf } from './object-meta.ts';

/** How much of a watch has reached its reader; the faults of a story are put in between. */
export interface Tap {
  readonly resource: string;
  /** The version up to which the reader has been told everything. */
  readonly delivered: number;
  readonly paused: boolean;
  readonly events: AsyncIterable<string>;
  push(line: string): void;
  pause(): void;
  resume(): void;
  end(): void;
  /** Ends with a 410, as where history is forgotten. */
  expire(): void;
}

export interface TapOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Told when an event has reached the reader, and when the tap has ended. */
  readonly onChange: () => void;
  readonly onEnd: () => void;
}

/** A watch between the server and a controller. It ends when the server would by the clock of the story. */
export function openTap({ path, clock, onChange, onEnd }: TapOptions): Tap {
  const query = new URLSearchParams(path.split('?')[1]);
  let delivered = Number(query.get('resourceVersion') ?? 0);
  // What there is comes in no order of versions; only its end says up to which one that was.
  let complete = query.get('sendInitialEvents') !== 'true';
  let paused = false;
  const cancel = clock.after(Number(query.get('timeoutSeconds') ?? 1_800) * 1_000, () => stream.end());
  const stream = new WatchStream(() => {
    cancel();
    onEnd();
    onChange();
  });
  async function* events(): AsyncGenerator<string> {
    for await (const event of stream) {
      complete ||= event.type === 'BOOKMARK' && metaOf(event.object).annotations?.['k8s.io/initial-events-end'] === 'true';
      if (complete && event.type !== 'ERROR') delivered = Math.max(delivered, versionOf(event.object));
      // The reader asks for the next one when it has done with this.
      onChange();
      yield JSON.stringify(event);
    }
  }
  return {
    resource: resourceOf(path),
    get delivered() {
      return delivered;
    },
    get paused() {
      return paused;
    },
    events: events(),
    push: (line) => stream.push(JSON.parse(line) as WatchEvent), // API servers send one event a line
    pause() {
      paused = true;
      stream.pause();
    },
    resume() {
      paused = false;
      stream.resume();
    },
    end: () => stream.end(),
    expire() {
      const object = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Expired', code: 410 };
      stream.push({ type: 'ERROR', object: { ...object, message: 'The resourceVersion for the provided watch is too old.' } });
      stream.end();
    },
  };
}
