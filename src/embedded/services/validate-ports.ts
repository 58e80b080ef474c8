import { duplicate, invalidField, notSupported, required, type FieldError } from '../field-error.ts';
import { dnsLabel, portName, portNumber, qualifiedName } from '../name-rules.ts';
import type { ServiceObject, ServicePort } from './service-object.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];

/** Each port for itself. */
export function portErrors(service: ServiceObject): readonly FieldError[] {
  const ports = service.spec.ports ?? [];
  return ports.flatMap((port, index) => onePortErrors(port, index, ports));
}

/** Ports that are there twice: by node port, by port; always together with the protocol. */
export function repeatedPortErrors(service: ServiceObject): readonly FieldError[] {
  const ports = service.spec.ports ?? [];
  const byNodePort = repeated(ports, (port) => (port.nodePort === undefined ? undefined : `${port.protocol}/${port.nodePort}`));
  const byPort = repeated(ports, (port) => `${port.protocol}/${port.port}`);
  return [
    ...byNodePort.map((index) => duplicate(`spec.ports[${index}].nodePort`, ports[index]?.nodePort ?? 0)),
    ...byPort.map((index) => duplicate(`spec.ports[${index}]`, shownPort(ports[index]))),
  ];
}

function onePortErrors(port: ServicePort, index: number, all: readonly ServicePort[]): readonly FieldError[] {
  const field = `spec.ports[${index}]`;
  const errors: FieldError[] = [];
  if (port.name === undefined) {
    if (all.length > 1) errors.push(required(`${field}.name`));
  } else {
    const { name } = port;
    errors.push(...dnsLabel(name).map((text) => invalidField(`${field}.name`, name, text)));
    if (all.findIndex((other) => other.name === name) < index) errors.push(duplicate(`${field}.name`, name));
  }
  errors.push(...portNumber(port.port).map((text) => invalidField(`${field}.port`, port.port, text)));
  if (port.protocol === undefined) errors.push(required(`${field}.protocol`));
  else if (!protocols.includes(port.protocol)) errors.push(notSupported(`${field}.protocol`, port.protocol, protocols));
  const { targetPort, appProtocol } = port;
  const wrongTarget = typeof targetPort === 'number' ? portNumber(targetPort) : portName(targetPort);
  errors.push(...wrongTarget.map((text) => invalidField(`${field}.targetPort`, targetPort, text)));
  if (appProtocol !== undefined)
    errors.push(...qualifiedName(appProtocol).map((text) => invalidField(`${field}.appProtocol`, appProtocol, text)));
  return errors;
}

/** Indices of the items whose key an earlier item has already. */
function repeated<T>(items: readonly T[], keyOf: (item: T) => string | undefined): readonly number[] {
  const seen = new Set<string>();
  const indices: number[] = [];
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    if (key === undefined) continue;
    if (seen.has(key)) indices.push(index);
    seen.add(key);
  }
  return indices;
}

/** The key of a port as the API server prints it: a port with only protocol and number set. */
function shownPort(port: ServicePort | undefined): { readonly [field: string]: string | number | null } {
  return { Name: '', Protocol: port?.protocol ?? '', AppProtocol: null, Port: port?.port ?? 0, TargetPort: 0, NodePort: 0 };
}
