import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/**
 * What the way to the API server promises, and the test that holds each promise. Where the design chose otherwise than the
 * usual advice, the words say what was chosen.
 */
const promises: readonly (readonly [promise: string, file: string, title: string])[] = [
  // Transport
  [
    'watches, calls and Lease renewals never wait for each other; at most 16 connections for calls',
    'src/kube/http-transport.test.ts',
    'use at most 16 connections, and those of the leader are others',
  ],
  ['any number of watches leaves room for calls', 'src/kube/http-transport.test.ts', 'do not keep calls waiting, however many there are'],
  ['HTTP/1.1 only', 'src/kube/http-transport.test.ts', 'speaks HTTP/1.1 where the server would rather speak HTTP/2'],
  ['every call has a signal', 'src/kube/client.test.ts', "an abort rejects with the signal's own reason, before and during the call"],
  ['a frozen server is given up at the deadline of the call', 'src/kube/client.test.ts', 'a frozen server is given up at the deadline'],
  ['a frozen server is given up before the Lease ends', 'src/kube/lease.test.ts', 'a server that freezes loses it in time too'],
  ['a frozen server, for a minute, for real', 'test/real/kube/trouble.real.ts', 'stands still for 60 s'],
  ['a half-open socket is given up after 40 s', 'test/real/kube/trouble.real.ts', 'is given up after 40 s by TCP itself'],
  [
    'a stream that is silent past its own end is given up',
    'src/kube/reflector.test.ts',
    'a watch that is silent past its own end is given up and resumed',
  ],
  ['new certificates make new connections', 'src/kube/http-transport.test.ts', 'takes up new certificates without a restart'],
  ['a new authority makes new connections', 'src/kube/connection.test.ts', 'of an authority whose file is replaced'],
  [
    '401 drops the cached token and is tried once more',
    'src/kube/http-transport.test.ts',
    'that are refused are dropped and had anew, once',
  ],
  ['401 twice is an answer', 'src/kube/http-transport.test.ts', 'that stay refused are an answer, not a loop'],
  ['a token file that was replaced is read again', 'src/kube/connection.test.ts', 'read again when the server refuses it'],
  ['an exec plugin is asked again', 'src/kube/connection.test.ts', 'asked again when the server refuses what it said'],
  ['a bound token is rotated, for real', 'test/real/kube/trouble.real.ts', 'its token is replaced and the old one refused'],
  ['answers become errors of one line', 'src/kube/client.test.ts', 'are one line, whatever the server says'],
  ['Retry-After is kept to', 'src/kube/reflector.test.ts', 'never comes back sooner than Retry-After says'],
  ['429 of priority and fairness, for real', 'test/real/kube/trouble.real.ts', 'priority and fairness say 429'],
  [
    'status is one strategic merge patch without a resourceVersion, bound to the UID',
    'src/kube/patch.test.ts',
    'everything in one patch, and never a resourceVersion',
  ],
  ['writes name their field manager and say how they are meant', 'src/kube/client.test.ts', 'say who writes and how a patch is meant'],
  ['requests name program and version', 'src/kube/http-transport.test.ts', 'carry body, headers and name, below the base path'],
  ['objects are projected to frozen values at the door', 'src/kube/projection.test.ts', 'is frozen throughout'],
  ['whatever comes is a view or an error', 'src/kube/projection.test.ts', 'gives a view or InvalidObject for whatever comes'],
  // Reflector
  [
    'everything in one stream where the server can (WatchList)',
    'src/kube/reflector-stream.test.ts',
    'is asked for everything in one watch, and never for a list',
  ],
  ['in pages where it says no', 'src/kube/reflector-stream.test.ts', 'and says so is listed in pages at once, and never asked again'],
  [
    'in pages where the end of the stream never comes',
    'src/kube/reflector-stream.test.ts',
    'and never says that this was all is listed in pages',
  ],
  ['both, for real', 'test/real/kube/trouble.real.ts', 'lists in pages where a stream is refused'],
  ['bookmarks on, 300 to 600 s at random', 'src/kube/reflector.test.ts', 'asks for bookmarks and for a timeout of five to ten minutes'],
  ['resumed by version', 'src/kube/reflector.test.ts', 'resumes a dropped watch from the last version, without a new list'],
  ['410 at the start of a watch and in mid-stream', 'src/kube/reflector.test.ts', '410 %s: lists again and reports what was missed'],
  ['410 for real', 'test/real/kube/trouble.real.ts', 'reads everything again where history is gone (410)'],
  ['the store changes only with a complete list', 'src/kube/reflector.test.ts', 'a list that is not complete changes nothing'],
  [
    'the store changes only with a complete stream',
    'src/kube/reflector-stream.test.ts',
    'shows nothing before it has said that this was all',
  ],
  [
    'never stops by itself, whatever happens',
    'src/kube/reflector-histories.test.ts',
    'the store equals the server in the end, and every change follows from the one before',
  ],
  [
    'a first list that fails is said, and tried again',
    'src/kube/reflector.test.ts',
    '%s at the first list: says so, and goes on when it is over',
  ],
  ['failures are waited out, longer each time', 'src/kube/reflector.test.ts', 'waits longer after each failure, up to half a minute'],
  ['a malformed line stops nothing', 'src/kube/reflector.test.ts', 'a line that is no JSON is passed by resuming'],
  ['hasSynced', 'src/kube/reflector.test.ts', 'lists in pages, then follows the changes'],
  [
    'deletes while disconnected, a name used again, for real',
    'test/real/kube/trouble.real.ts',
    'edits, deletes and a name used again are all seen',
  ],
  [
    'a restarted server, gracefully and by SIGKILL, for real',
    'test/real/kube/trouble.real.ts',
    'the API server is restarted (%s): nothing is lost',
  ],
  // Store
  ['by key and UID; no index of EndpointSlices: no provider asks for them', 'src/kube/store.test.ts', 'finds by key and by UID'],
  ['listeners see old and new', 'src/kube/store.test.ts', 'reports old and new; the same state again is no change'],
  ['another UID is an end and an appearance', 'src/kube/store.test.ts', 'a name used again by another UID is an end and an appearance'],
  ['what is gone is told with its last state', 'src/kube/store.test.ts', 'a complete list ends what is not in it'],
  // Queue: 5 s to 300 s instead of 5 ms to 1000 s
  [
    'one run per key, and once more',
    'src/controller/lane-queue.test.ts',
    'runs a key once more when it is asked for while it runs, and never twice at the same time',
  ],
  [
    'back-off per key, forgotten',
    'src/controller/lane-queue.test.ts',
    'doubles the delay with each failure in a row up to the longest, until it is forgotten',
  ],
  ['the earlier of two delays', 'src/controller/lane-queue.test.ts', 'keeps the earlier of two delays'],
  ['drained at the end', 'src/controller/lane-queue.test.ts', 'starts nothing after it is told to end, and ends when what runs has ended'],
  ['depth, latency and work', 'src/controller/lane-queue.test.ts', 'measures depth, waiting and work'],
  ['a token bucket for calls', 'src/controller/token-bucket.test.ts', 'lets a burst through, then so many a second, foreground first'],
  // Lease
  [
    'renewed every 2 s, by version, without a read',
    'src/kube/lease.test.ts',
    'creates the Lease where there is none, leads, and renews every two seconds',
  ],
  [
    'given up before anybody else can lead',
    'src/kube/lease.test.ts',
    'gives up after ten seconds without a renewal, before anybody else can lead',
  ],
  ['never two leaders, whatever happens', 'src/kube/lease-pair.test.ts', 'never both may act, and one of them leads again in the end'],
  ['given back at the end', 'src/kube/lease.test.ts', 'gives it back when told to stop, and the standby leads at once'],
  [
    'a blocked event loop counts as lost',
    'src/kube/lease.test.ts',
    'a blocked event loop counts as lost, also where nobody took the Lease',
  ],
  ['a stolen one ends the term', 'src/kube/lease.test.ts', "somebody else's name on it ends the term at once"],
  ['a stolen one, for real', 'test/real/kube/trouble.real.ts', 'somebody else takes the Lease: writes nothing until it is had again'],
  [
    'validity is checked when a request leaves',
    'src/kube/http-transport.test.ts',
    'are looked at once more when all waiting is over, and do not leave where that throws',
  ],
  [
    'stopped between fence and call: no late write',
    'test/long/fence.long.ts',
    'a leader stopped between fence and call writes nothing once another one leads',
  ],
  [
    'no write without the Lease in any trouble, for real',
    'test/real/kube/trouble.real.ts',
    'in all of this nothing was written without the Lease',
  ],
  // Events: core/v1 instead of events.k8s.io/v1
  ['counted, not repeated', 'src/kube/events.test.ts', 'counts the same again in the one event'],
  ['limited per object', 'src/kube/events.test.ts', 'cuts an object off after 25'],
  ['never in the way of work', 'src/kube/events.test.ts', 'holds a thousand and drops the rest while the server is away'],
  // Health
  [
    '/healthz when the elector is stuck',
    'src/kube/lease.test.ts',
    'says when it leads by its own account and the Lease is long out of date',
  ],
  ['/healthz when a reflector is stuck', 'src/kube/reflector.test.ts', 'says when the loop itself stands still'],
  ['/readyz while not in step with the server', 'src/kube/reflector.test.ts', 'shows a lost server after a minute, not before'],
  ['a listener that throws stops nothing', 'src/kube/store.test.ts', 'a listener that throws keeps nobody else from being told'],
];

test.each(promises)('%s', (_, file, title) => {
  const path = join(import.meta.dirname, '..', file);
  expect(existsSync(path), file).toBe(true);
  const text = readFileSync(path, 'utf8').replaceAll("\\'", "'");
  expect(text.includes(title), `${file} has no test "${title}"`).toBe(true);
});
