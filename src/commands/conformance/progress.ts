import type { Clock } from '../../clock.ts';
import { failuresOfCase } from '../../conformance/report/failures.ts';
import { many } from '../../conformance/report/counts.ts';
import type { ProgressEvent } from '../../conformance/suite.ts';

/** How often a pass that goes on says so, in milliseconds. */
const tellEveryMs = 5_000;

/**
 * What is told while the suite runs: a line when an area is through, and one every few seconds of a pass. Failures at once.
 * Only here are there times.
 */
export function createProgress(clock: Clock, tell: (line: string) => void): { event(event: ProgressEvent): void; end(): void } {
  const begun = clock.monotonic();
  let area: { readonly name: string; cases: number; failed: number; readonly since: number } | undefined;
  let told = begun;
  const seconds = (since: number): string => `${((clock.monotonic() - since) / 1000).toFixed(1)} s`;

  function endArea(): void {
    if (area === undefined) return;
    const failed = area.failed === 0 ? '' : `, ${area.failed} failed`;
    tell(`${area.name}: ${many(area.cases, 'case')}${failed} (${seconds(area.since)})`);
    area = undefined;
  }

  return {
    event(event) {
      if (event.kind === 'pass') {
        endArea();
        if (clock.monotonic() - told < tellEveryMs && event.done < event.of) return;
        told = clock.monotonic();
        tell(`pass ${event.pass}: ${event.done} of ${event.of} (${event.what})`);
        return;
      }
      if (area?.name !== event.result.area) {
        endArea();
        area = { name: event.result.area, cases: 0, failed: 0, since: clock.monotonic() };
      }
      area.cases++;
      const failures = failuresOfCase(event.result);
      if (failures.length > 0) area.failed++;
      for (const { where, text } of failures) tell(`failed: ${where}: ${text.split('\n', 1)[0]}`);
    },
    end() {
      endArea();
      tell(`took ${seconds(begun)}`);
    },
  };
}
