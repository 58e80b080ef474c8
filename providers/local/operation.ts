/** Every change the local provider knows: what a step's `op` is, and what one write of the state file does. */
import type { CloudId, Digest, ListenerId } from '../../src/model/ids.ts';
import type { Marks } from '../../src/model/owner.ts';
import type { Affinity, HealthQuestion, Scheme } from '../../src/model/spec.ts';
import type { Cidr, IpAddress } from '../../src/net/ip.ts';
import type { RecordedSettings } from './settings.ts';
import type { RecordedListener, RecordedMember } from './state.ts';

export type Operation =
  | {
      readonly do: 'create';
      readonly marks: Marks;
      readonly scheme: Scheme;
      /** Of each list, one per family, the first one that is still free is taken: passes over several load balancers see the same free addresses. */
      readonly choices: readonly (readonly IpAddress[])[];
      readonly listeners: readonly RecordedListener[];
      readonly members: MemberList;
      readonly sourceRanges: readonly Cidr[];
      readonly affinity: Affinity;
      readonly settings: RecordedSettings;
    }
  /** As `create` chooses, for one family. */
  | { readonly do: 'add-address'; readonly on: CloudId; readonly choices: readonly IpAddress[] }
  | { readonly do: 'remove-address'; readonly on: CloudId; readonly address: IpAddress }
  | { readonly do: 'add-listener'; readonly on: CloudId; readonly listener: RecordedListener }
  | { readonly do: 'set-node-port'; readonly on: CloudId; readonly listener: ListenerId; readonly nodePort: number }
  | { readonly do: 'set-health-check'; readonly on: CloudId; readonly listener: ListenerId; readonly healthCheck: HealthQuestion }
  | { readonly do: 'remove-listener'; readonly on: CloudId; readonly listener: ListenerId }
  | { readonly do: 'set-members'; readonly on: CloudId; readonly members: MemberList }
  | { readonly do: 'set-source-ranges'; readonly on: CloudId; readonly sourceRanges: readonly Cidr[] }
  | { readonly do: 'set-affinity'; readonly on: CloudId; readonly affinity: Affinity }
  | { readonly do: 'set-settings'; readonly on: CloudId; readonly settings: RecordedSettings }
  | { readonly do: 'release'; readonly on: CloudId }
  | { readonly do: 'delete'; readonly on: CloudId };

export type MemberList = { readonly digest: Digest; readonly list: readonly RecordedMember[] };
