import { digestOf } from '../model/digest.ts';
import type { Digest } from '../model/ids.ts';
import type { NodeView } from '../model/service-view.ts';
import type { Member, MemberSet } from '../model/spec.ts';
import { familyOf, type Family, type IpAddress } from '../net/ip.ts';
import { parseBoolean } from '../settings/boolean-text.ts';
import type { NodeSelector } from '../settings/node-selector.ts';

const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';
const autoscalerTaint = 'ToBeDeletedByClusterAutoscaler';

/**
 * Whether a node is a backend, the same for every traffic policy (contract K1–K3). Not ready, cordoned, uninitialized or a
 * control plane: still in. An exclude label that is no boolean, or empty, keeps the node out; `false` keeps it in.
 */
export function isEligible(node: NodeView): boolean {
  if (node.deleting || node.taintKeys.includes(autoscalerTaint)) return false;
  const label = node.labels[excludeLabel];
  return label === undefined || parseBoolean(label) === false;
}

/** A node set as backends, with its digest. */
export interface Members {
  readonly members: MemberSet;
  readonly digest: Digest;
}

type Labels = NodeView['labels'];

/** The nodes of a cluster at one moment: as members all that are eligible, and those of them a selector chooses. */
export interface NodeSet extends Members {
  /** With the labels nodes have in this set. Without a label asked for: all. */
  select(selector: NodeSelector): Members;
  /** The same members with the labels nodes have in that set. */
  labelledAs(other: NodeSet): NodeSet;
  labelsOf(node: string): Labels | undefined;
}

/** How many member sets are remembered: those of the epoch under way and of the Services that wait for an older one. */
const remembered = 8;

/** Makes member sets of nodes. Equal sets are the same frozen array, so that 2,000 specs hold one copy. */
export class MemberSets {
  /** By digest; the one used last is last. */
  readonly #sets = new Map<Digest, Members>();

  /** The eligible ones of these nodes, sorted by name. */
  of(nodes: Iterable<NodeView>): NodeSet {
    const all = [...nodes];
    const labels = new Map(all.map((node) => [node.name, node.labels]));
    return this.#set(this.#shared(all.filter(isEligible).map(memberOf).sort(byName)), labels);
  }

  #set(all: Members, labels: ReadonlyMap<string, Labels>): NodeSet {
    const chosen = new Map<string, Members>();
    return {
      ...all,
      select: (selector) => {
        if (selector.length === 0) return all;
        const text = selector.join(',');
        const known =
          chosen.get(text) ?? this.#shared(all.members.filter(({ node }) => missingLabels(labels.get(node), selector).length === 0));
        chosen.set(text, known);
        return known;
      },
      labelledAs: (other) => this.#set(all, new Map(all.members.map(({ node }) => [node, other.labelsOf(node) ?? {}]))),
      labelsOf: (node) => labels.get(node),
    };
  }

  #shared(members: readonly Member[]): Members {
    const digest = digestOf(members);
    const known = this.#sets.get(digest) ?? Object.freeze({ members: Object.freeze(members), digest });
    this.#sets.delete(digest);
    this.#sets.set(digest, known);
    for (const oldest of this.#sets.keys()) {
      if (this.#sets.size <= remembered) break;
      this.#sets.delete(oldest);
    }
    return known;
  }
}

/** What of a selector a node's labels do not say; chosen are the nodes that lack nothing. No label holds an equals sign. */
export const missingLabels = (labels: Labels = {}, selector: NodeSelector): readonly string[] =>
  selector.filter((wanted) => {
    const [key = '', value] = wanted.split('=');
    return !Object.hasOwn(labels, key) || (value !== undefined && labels[key] !== value);
  });

function memberOf(node: NodeView): Member {
  const addresses: Partial<Record<Family, IpAddress>> = {};
  for (const type of ['InternalIP', 'ExternalIP'] as const) {
    for (const entry of node.addresses) {
      if (entry.type === type) addresses[familyOf(entry.address)] ??= entry.address;
    }
  }
  return Object.freeze({
    node: node.name,
    ...(node.providerId === undefined || node.providerId === '' ? {} : { providerId: node.providerId }),
    ...(node.zone === undefined ? {} : { zone: node.zone }),
    addresses: Object.freeze(addresses),
  });
}

/** No two nodes of a cluster have one name. */
const byName = (a: Member, b: Member): number => (a.node < b.node ? -1 : 1);
