/**
 * What a failure means for the next try.
 * `retry`: per-key back-off. `retry-after`: exactly then. `wait-for-user`: every 10 minutes and when the object or the
 * provider changes. `in-doubt`: nobody saw the outcome. `gone`: what was asked for is not there. `bug`: back-off, and shout.
 */
export type Verdict = 'retry' | 'retry-after' | 'wait-for-user' | 'in-doubt' | 'gone' | 'bug';

interface ReasonRow {
  readonly verdict: Verdict;
  /** When it is seen: one sentence for `docs/reference/reasons.md`. */
  readonly means: string;
  /** What the reader can do about it; absent where nothing need be done. */
  readonly remedy?: string;
  /** True where a command ends with exit code 2 (the user's input is wrong) instead of 1. */
  readonly input?: true;
}

/**
 * The one catalogue: error code = condition reason = event detail. A code is never renamed or reused.
 * `docs/reference/reasons.md` is generated from it.
 */
const rows = {
  // --- all is well
  Accepted: { verdict: 'retry', means: 'The Service was understood; nothing in it is refused.' },
  Programmed: { verdict: 'retry', means: 'Every listener of the Service is served.' },
  Applied: { verdict: 'retry', means: 'The record of what was applied last; its message is read by the controller.' },
  Applying: { verdict: 'retry', means: 'Changes were begun and not yet seen finished.' },
  AsExpected: { verdict: 'retry', means: 'Nothing is degraded.' },
  PortsServed: { verdict: 'retry', means: 'Every port is served.' },

  // --- the Service asks for something that cannot be had
  InvalidSetting: {
    verdict: 'wait-for-user',
    means: 'A known annotation or class setting has a value it cannot have.',
    remedy: 'Correct the named field.',
  },
  UnknownSetting: {
    verdict: 'wait-for-user',
    means: 'An annotation under a prefix we read is not known.',
    remedy: 'Correct the spelling or remove it.',
  },
  SettingWithoutEffect: {
    verdict: 'wait-for-user',
    means: "An annotation of another controller, or a field that another field overrides, has no effect with this class's provider.",
    remedy: 'Remove it, or choose a class whose provider has the feature.',
  },
  ConflictingSettings: {
    verdict: 'wait-for-user',
    means: 'Two fields of the Service say different things.',
    remedy: 'Remove one of the two named fields.',
  },
  UnsupportedFeature: {
    verdict: 'wait-for-user',
    means: 'The provider of this class declares that it lacks a feature the Service asks for.',
    remedy: 'Remove the named field or choose a class whose provider has the feature.',
  },
  UnsupportedProtocol: {
    verdict: 'wait-for-user',
    means: 'A port uses a protocol the provider does not serve.',
    remedy: 'Remove the port or choose a class whose provider serves the protocol.',
  },
  LoadBalancerMixedProtocolNotSupported: {
    verdict: 'wait-for-user',
    means: 'The provider cannot serve TCP and UDP on one load balancer.',
    remedy: 'Split the Service into one per protocol.',
  },
  NodePortMissing: {
    verdict: 'wait-for-user',
    means: 'A port has no node port, and this provider reaches nodes only through node ports.',
    remedy: 'Set spec.allocateLoadBalancerNodePorts to true, or give the port a nodePort.',
  },
  HealthCheckNodePortMissing: {
    verdict: 'wait-for-user',
    means: 'externalTrafficPolicy is Local but the API server gave no healthCheckNodePort.',
    remedy: 'Set spec.externalTrafficPolicy again, so that the API server allocates one.',
  },
  GroupNotSupported: {
    verdict: 'wait-for-user',
    means: 'portolan.dev/load-balancer-group is reserved; several Services cannot share a load balancer yet.',
    remedy: 'Remove the annotation portolan.dev/load-balancer-group.',
  },
  Released: {
    verdict: 'wait-for-user',
    means:
      'The Service was released: its load balancer was left as it stands, without the marks of Portolan, and nobody here looks after it.',
    remedy: 'Remove the annotation portolan.dev/release to have a new load balancer made for the Service.',
  },
  HeldByOther: {
    verdict: 'wait-for-user',
    means: "A Service without a class carries another controller's load-balancer finalizer.",
    remedy: 'Set spec.loadBalancerClass when you create it, or take the Service over from the other controller first.',
  },
  AddressOutOfRange: {
    verdict: 'wait-for-user',
    means: 'The requested address lies in no range of the provider.',
    remedy: 'Ask for an address of a configured range, or remove the request.',
  },
  AddressInUse: {
    verdict: 'wait-for-user',
    means: 'The requested address belongs to another load balancer.',
    remedy: 'Ask for a free address, or remove the request.',
  },
  AddressesExhausted: {
    verdict: 'wait-for-user',
    means: 'No address is free in the range of this scheme.',
    remedy: 'Delete Services that are not needed, or add a range to the provider.',
  },

  // --- the guard
  ApprovalRequired: {
    verdict: 'wait-for-user',
    means: 'The change would lose an address or destroy a load balancer.',
    remedy: 'Set the annotation portolan.dev/approve to the printed code, or undo the change.',
  },
  ClassChange: {
    verdict: 'wait-for-user',
    means: 'A change nobody made to this Service (class setting, new version) would interrupt it.',
    remedy: 'Set the annotation portolan.dev/approve to the printed code when the time suits, or undo the change of the class.',
  },
  ProviderChanged: {
    verdict: 'wait-for-user',
    means: 'The class was given another provider than the one that has the load balancer of this Service.',
    remedy: "Set the class's provider back and give the other provider a class of its own, or delete the Service and create it again.",
  },
  PlanOnly: {
    verdict: 'retry',
    means: 'The class runs in plan-only mode: changes are shown, never carried out.',
    remedy: "Set the class's mode to apply.",
  },

  // --- under way
  Pending: { verdict: 'retry', means: 'Work is going on; nothing is wrong.' },
  Handover: { verdict: 'retry', means: 'The old address is kept until clients have had time to learn the new one.' },
  Settling: { verdict: 'retry', means: 'The outcome of an earlier call is unknown; the cloud is given time to show it.' },
  ClusterUnitPending: { verdict: 'retry', means: 'A thing shared by the whole cluster is not ready yet.' },

  // --- the cloud
  CloudUnavailable: { verdict: 'retry', means: 'The cloud did not answer, or answered that it cannot work now.' },
  CloudThrottled: { verdict: 'retry-after', means: 'The cloud asks for fewer calls.' },
  OutcomeUnknown: { verdict: 'in-doubt', means: 'A change was sent and no reply came; it may or may not have happened.' },
  NotFound: { verdict: 'gone', means: 'What was asked for does not exist (any more).' },
  Conflict: { verdict: 'retry', means: 'The thing changed meanwhile; it is read again.' },
  PermissionDenied: {
    verdict: 'wait-for-user',
    means: 'The credential may not do this.',
    remedy: 'Grant the permission named in the message.',
  },
  QuotaExceeded: {
    verdict: 'wait-for-user',
    means: 'A quota of the cloud is used up.',
    remedy: 'Raise the quota or delete what is not needed.',
  },
  ResourceInUse: { verdict: 'retry', means: 'Something else in the cloud still holds what is to go; it is tried again.' },
  MemberNotUsable: {
    verdict: 'retry',
    means: 'A node cannot be a member now: its machine does not run, or the cloud does not know or does not take it.',
  },
  ForeignResource: {
    verdict: 'wait-for-user',
    means: 'Something in the way carries the mark of another owner, or none.',
    remedy: 'Remove it, or choose another name or address; Portolan takes nothing it does not own.',
  },
  BadAnswer: { verdict: 'retry', means: 'The cloud answered with something its interface does not allow.' },
  ProviderProcessFailed: {
    verdict: 'retry',
    means: "An external provider's process cannot be started, has ended, or does not answer. It is started again.",
    remedy: 'See the log for what it wrote to stderr.',
  },
  ProviderUnavailable: {
    verdict: 'retry',
    means: 'The provider of this class did not start.',
    remedy: 'See /readyz and the log for the cause.',
  },

  // --- local provider
  PortNotPermitted: {
    verdict: 'wait-for-user',
    means: 'The process may not listen on this port (ports below 1024 need a right).',
    remedy: 'Run as root, grant CAP_NET_BIND_SERVICE, or lower net.ipv4.ip_unprivileged_port_start.',
  },
  PortInUse: {
    verdict: 'wait-for-user',
    means: 'Another process listens on this address and port.',
    remedy: 'Stop the other process, or use another address or port.',
  },
  AddressNotAvailable: {
    verdict: 'wait-for-user',
    means: 'The machine does not have this address.',
    remedy: 'Add the address to an interface (Linux: ip address add ADDRESS dev lo; macOS: ifconfig lo0 alias ADDRESS).',
  },
  ListenFailed: { verdict: 'retry', means: 'The socket could not be opened for another reason.' },
  StateFileLocked: {
    verdict: 'wait-for-user',
    means: 'Another process holds the state file of this provider.',
    remedy: 'Stop the other process, or give this provider a stateFile of its own.',
    input: true,
  },
  StateFileInvalid: {
    verdict: 'wait-for-user',
    means: 'The state file cannot be read.',
    remedy: 'Restore it from a copy, or move it away: addresses are then allocated anew.',
    input: true,
  },

  // --- members and health
  NoNodes: {
    verdict: 'retry',
    means: 'No node is eligible, so nothing can be reached.',
    remedy: 'Add a node, or remove the exclude label from one.',
  },
  NoHealthyMember: {
    verdict: 'retry',
    means: 'No node answers the health check.',
    remedy: 'Check that the Service has ready endpoints and that kube-proxy runs on the nodes.',
  },
  OtherCloudsSetting: { verdict: 'retry', means: "Another cloud's annotation for an internal load balancer was understood as internal." },
  Drift: { verdict: 'retry', means: 'Something was changed outside of Kubernetes and has been put right.' },

  // --- Kubernetes
  ApiUnavailable: { verdict: 'retry', means: 'The API server did not answer.' },
  ApiThrottled: { verdict: 'retry-after', means: 'The API server asks for fewer requests.' },
  ApiConflict: { verdict: 'retry', means: 'The object changed meanwhile.' },
  ApiForbidden: { verdict: 'wait-for-user', means: 'The account may not do this.', remedy: 'Grant the verb named in the message.' },
  ApiRejected: { verdict: 'bug', means: 'The API server finds the request invalid.' },
  ApiExpired: { verdict: 'retry', means: 'The resource version asked for is too old.' },
  ApiNotFound: { verdict: 'gone', means: 'The object does not exist.' },
  InvalidObject: { verdict: 'bug', means: 'An object of the API server does not have the shape Kubernetes promises.' },
  Stopping: { verdict: 'retry', means: 'This process is ending; whoever leads next goes on.' },
  LeaseLost: { verdict: 'retry', means: 'This process no longer leads, or may not for long enough to finish a request.' },

  // --- input
  InvalidConfig: { verdict: 'wait-for-user', means: 'The configuration file is wrong.', remedy: 'Correct the named key.', input: true },
  InvalidFlag: { verdict: 'wait-for-user', means: 'A command line argument is wrong.', remedy: 'See --help.', input: true },
  InvalidManifest: { verdict: 'wait-for-user', means: 'A manifest file is wrong.', remedy: 'Correct the named field.', input: true },
  InvalidKubeconfig: {
    verdict: 'wait-for-user',
    means: 'The kubeconfig cannot be used.',
    remedy: 'Name a readable one with --kubeconfig.',
    input: true,
  },
  AddressTaken: {
    verdict: 'wait-for-user',
    means: 'The address of serving is in use.',
    remedy: 'Choose another serving.port.',
    input: true,
  },

  // --- us
  NotConverging: { verdict: 'bug', means: 'Plan after plan asks for changes although each one succeeded.' },
  ProviderBug: { verdict: 'bug', means: 'A provider broke its contract; nothing was carried out.' },
  InternalError: { verdict: 'bug', means: 'An error nobody expected; please report it with the log.' },
} as const satisfies Record<string, ReasonRow>;

/** A code of the catalogue. */
export type Reason = keyof typeof rows;

/** The catalogue, by code. */
export const reasons: Readonly<Record<Reason, ReasonRow>> = rows;
