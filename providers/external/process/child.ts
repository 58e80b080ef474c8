import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import type { Log } from '../../../src/log.ts';
import { killAfterMs, lineLimit } from '../protocol.ts';
import { LineReader } from './line-reader.ts';
import { StderrLog } from './stderr-log.ts';

/** How a provider's process is started. */
export interface Launch {
  readonly command: readonly string[];
  readonly directory?: string | undefined;
  /** All of its environment; absent: this process's own. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export interface ChildEvents {
  line(line: Buffer): void;
  /** A line was longer than the protocol allows; nothing more is read. */
  tooLong(): void;
  /** Called once, last: how it ended, in words that are the same each time it ends like this. */
  ended(how: string): void;
}

/** One process with lines in and out. It leads a process group of its own, so that a shell in between leaves nobody behind. */
export interface Child {
  write(line: string): void;
  /** Ends its input, then SIGTERM, then, after five seconds, SIGKILL. Resolves when it is gone. */
  terminate(): Promise<void>;
  kill(): void;
  hold(held: boolean): void;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
}

/** So long what a process wrote last may take to arrive; after it nobody else who holds its pipes is waited for. */
const drainMs = 1_000;

/** What ends with this process however that ends: a child that ignores the end of its input would go on writing to the cloud. */
const living = new Set<() => void>();
process.on('exit', () => {
  for (const kill of living) kill();
});

/** @throws LbError `ProviderProcessFailed` where this process has no files left for its pipes */
export function startChild({ command, directory, environment }: Launch, clock: Clock, log: Log, events: ChildEvents): Child {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...(directory === undefined ? {} : { cwd: directory }),
    ...(environment === undefined ? {} : { env: environment }),
  });
  // Without files for them there are none, whatever their types say.
  const pipes: readonly (Readable | Writable | undefined)[] = [child.stdin, child.stdout, child.stderr];
  if (pipes.includes(undefined)) {
    child.on('error', () => {}); // said here already
    throw new LbError('ProviderProcessFailed', `${program} cannot be started: too many files are open`);
  }
  const [reader, stderr] = [new LineReader(lineLimit), new StderrLog(log, clock)];
  let [reading, over] = [true, false];
  let notStarted: string | undefined;
  let tellGone = () => {};
  const gone = new Promise<void>((resolve) => (tellGone = resolve));

  const end = (how: string) => {
    if (over) return;
    over = true;
    living.delete(kill);
    stderr.end();
    events.ended(how);
    tellGone();
  };
  const signal = (name: 'SIGTERM' | 'SIGKILL') => {
    if (over || child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      child.kill(name); // the group is gone: it ended in this moment
    }
  };

  const kill = () => signal('SIGKILL');
  living.add(kill);

  child.stdout.on('data', (piece: Buffer) => {
    if (!reading) return;
    const { lines, tooLong } = reader.push(piece);
    for (const line of lines) events.line(line);
    if (!tooLong) return;
    reading = false;
    events.tooLong();
  });
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  // A process that goes away while it is written to is told of by its end.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  child.on('error', (error: NodeJS.ErrnoException) => {
    notStarted = `cannot be started (${error.code ?? 'unknown'})`;
    if (child.pid === undefined) end(notStarted);
  });
  let stopDraining = () => {};
  // Whoever else is left in its group holds its pipes open, and would go on writing to the cloud.
  child.on('exit', () => {
    signal('SIGKILL');
    // What has left its group holds them too, and cannot be ended.
    stopDraining = systemClock.after(drainMs, () => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    });
  });
  child.on('close', (code, by) => {
    stopDraining();
    end(notStarted ?? endText(code, by, reader.unfinished));
  });

  return {
    gone,
    write: (line) => void child.stdin.write(`${line}\n`),
    kill,
    hold: (held) => {
      const word = held ? 'ref' : 'unref';
      child[word]();
      // Pipes are sockets, and only their types do not say so.
      for (const stream of [child.stdin, child.stdout, child.stderr]) if (stream instanceof Socket) stream[word]();
    },
    terminate: async () => {
      child.stdin.end();
      signal('SIGTERM');
      // A process ends in real time, whatever time is moved by hand around it.
      const cancel = systemClock.after(killAfterMs, () => signal('SIGKILL'));
      await gone;
      cancel();
    },
  };
}

function endText(code: number | null, by: NodeJS.Signals | null, unfinished: boolean): string {
  const how = by === null ? `ended with exit code ${code ?? 'unknown'}` : `was ended by ${by}`;
  return unfinished ? `${how} in the middle of a line` : how;
}
