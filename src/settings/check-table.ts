import { LbError } from '../errors.ts';
import { isOpen } from './open-key.ts';
import type { AnySettingsTable } from './row.ts';
import { isWatched } from './watched.ts';

/**
 * Checks that every annotation of a provider's table can reach it: one that is not watched would be read by chance only.
 * @throws LbError `ProviderBug`
 */
export function checkTable(kind: string, table: AnySettingsTable): void {
  for (const [name, row] of Object.entries(table)) {
    const annotations = row.annotations ?? [];
    const lost = annotations.find((key) => !isWatched(key));
    if (lost !== undefined) {
      throw new LbError(
        'ProviderBug',
        `provider ${kind}: setting ${name} names the annotation ${lost}, which is under no prefix that is read`,
      );
    }
    const shut = annotations.find((key) => isOpen(key) !== (row.type === 'map-by-key'));
    if (shut !== undefined) {
      throw new LbError('ProviderBug', `provider ${kind}: setting ${name} names ${shut}: exactly the keys of a map-by-key end in .*`);
    }
    if (row.sets === 'node-selector' && row.type !== 'string-list') {
      throw new LbError('ProviderBug', `provider ${kind}: setting ${name} chooses nodes and must be a list of texts`);
    }
    if (row.type === 'object' && annotations.length > 0) {
      throw new LbError('ProviderBug', `provider ${kind}: setting ${name} is a mapping and cannot have annotations`);
    }
  }
}
