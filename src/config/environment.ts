/** This file alone reads `process.env`. Everything Portolan reads from it, under the variables' own names. */
const names = [
  /** Files that say where clusters are, separated as in PATH. */
  'KUBECONFIG',
  /** Where `~/.kube/config` is. */
  'HOME',
  'USERPROFILE',
  /** Set in every pod: where the API server is. */
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  /** The name of this process among those that want to lead. */
  'POD_NAME',
  'HOSTNAME',
  /** Not empty: no colours. */
  'NO_COLOR',
] as const;

export type Environment = Readonly<Partial<Record<(typeof names)[number], string>>>;

/** Everything there is, for programs that this process starts. */
export function inheritedEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

/** The variables of the list. Empty variables count as absent, as most tools have it. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const entries = names.map((name) => [name, variables[name]] as const).filter(([, value]) => value !== undefined && value !== '');
  return Object.freeze(Object.fromEntries(entries));
}
