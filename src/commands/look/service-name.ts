import { LbError } from '../../errors.ts';
import { serviceKey, type ServiceKey } from '../../model/ids.ts';

/** Which Service. */
export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

const shape = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?)\/([a-z0-9]([-a-z0-9]*[a-z0-9])?)$/;

/** `namespace/name` of a command line. @throws LbError `InvalidFlag` */
export function parseServiceName(text: string): ServiceName {
  const match = shape.exec(text);
  const [namespace, name] = [match?.[1], match?.[3]];
  if (namespace === undefined || name === undefined) {
    throw new LbError('InvalidFlag', `${JSON.stringify(text)} does not name a Service`, {
      remedy: 'Write NAMESPACE/NAME, such as shop/web.',
    });
  }
  return { namespace, name };
}

export const keyOfName = ({ namespace, name }: ServiceName): ServiceKey => serviceKey(namespace, name);
