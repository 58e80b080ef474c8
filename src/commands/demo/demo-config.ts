import { stringify } from 'yaml';
import type { DemoRange } from './address-range.ts';

/** The configuration of the demo's controller: one class, the default, on the provider `local`. */
export function demoConfig(range: DemoRange, stateFile: string): string {
  return stringify({
    apiVersion: 'portolan.dev/v1',
    kind: 'Config',
    providers: [{ name: 'here', kind: 'local', connection: { ranges: { public: [range.public], internal: [range.internal] }, stateFile } }],
    // A new address is served beside the old one for two seconds instead of a minute: nobody waits for DNS here.
    classes: [{ id: 'local', name: 'portolan.dev/local', default: true, provider: 'here', handover: '2s' }],
    nodeDebounce: '200ms',
    serving: { address: range.api, port: 18_090 },
    log: { level: 'warn' },
  });
}
