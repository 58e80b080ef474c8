import { expect, test } from 'vitest';
import { caseResult } from '../../../test/builders/suite-results.ts';
import { ManualClock } from '../../clock.ts';
import { createProgress } from './progress.ts';

function telling() {
  const clock = new ManualClock();
  const lines: string[] = [];
  return { clock, lines, progress: createProgress(clock, (line) => void lines.push(line)) };
}

test('an area is one line, with its failures before it', () => {
  const { clock, lines, progress } = telling();
  const results = [
    caseResult('life/good', [{ row: 'A1' }]),
    caseResult('life/bad', [{ row: 'A1', outcome: 'failed', reason: 'not so\nand more' }]),
    caseResult('ports/good', [{ row: 'A1' }]),
  ];

  for (const [index, result] of results.entries()) {
    progress.event({ kind: 'case', result, done: index + 1, of: 3 });
    clock.advance(500);
  }
  progress.end();

  expect(lines).toEqual(['failed: life/bad: not so', 'life: 2 cases, 1 failed (1.0 s)', 'ports: 1 case (0.5 s)', 'took 1.5 s']);
});

test('a long pass is heard of every five seconds and at its end', () => {
  const { clock, lines, progress } = telling();

  for (let done = 1; done <= 12; done++) {
    clock.advance(1_000);
    progress.event({ kind: 'pass', pass: 'fuzz', done, of: 12, what: `seed ${done}` });
  }

  expect(lines).toEqual(['pass fuzz: 5 of 12 (seed 5)', 'pass fuzz: 10 of 12 (seed 10)', 'pass fuzz: 12 of 12 (seed 12)']);
});
