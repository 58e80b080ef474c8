import type { Endpoint, Listening } from '../api/network.ts';
import type { RecordedSettings } from '../settings.ts';
import type { SourceFilter } from './source-filter.ts';

/** What a listener does with what comes in: one implementation per protocol. */
export interface Forwarder {
  /** Begins to take in. @throws LbError as `Network.listenTcp` */
  open(at: Endpoint, closed: () => void): Promise<Listening>;
  /** How many connections there are that could still come to an end of their own. */
  readonly unfinished: number;
  /** Other clients are allowed now. */
  restrict(allows: SourceFilter): void;
  /** Members, their health or the settings changed. */
  follow(settings: RecordedSettings): void;
  /** Ends all that is under way; the socket is its owner's to close. */
  close(): void;
}
