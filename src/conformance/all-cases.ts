import type { ConformanceCase } from './case.ts';
import { cases as claiming } from './cases/claiming.ts';

/** Every case of the kit, in the order in which it runs and is reported: one file, one or more areas. */
export const allCases: readonly ConformanceCase[] = [...claiming];
