import type { SettingsTable } from '../../../src/settings/row.ts';
import { accessRows } from './access-rows.ts';
import { healthRows } from './health-rows.ts';
import { listenerRows } from './listener-rows.ts';
import { placeRows } from './place-rows.ts';
import { refusedRows } from './refused-rows.ts';
import type { Settings } from './settings.ts';

/** Everything a Service or its class may ask of Amazon, and what is known and cannot be had. */
export const settings: SettingsTable<Settings> = { ...placeRows, ...listenerRows, ...healthRows, ...accessRows, ...refusedRows };
