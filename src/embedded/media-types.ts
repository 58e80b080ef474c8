import { StatusError } from './status-object.ts';

const readable = ['application/json', 'application/yaml'];
export const protobuf = 'application/vnd.kubernetes.protobuf';
const known = [...readable, protobuf].join(', ');

/** Whether a body of this type is JSON or YAML; none at all is JSON. @throws StatusError 415 */
export function bodyFormat(contentType: string): 'json' | 'yaml' {
  const type = contentType.split(';')[0]?.trim() ?? '';
  if (type === '' || type === readable[0]) return 'json';
  if (type === readable[1]) return 'yaml';
  const message =
    type === protobuf
      ? 'this API server reads JSON and YAML, and protobuf of some kinds only: use "kubectl apply -f FILE"'
      : `the body of the request was in an unknown format - accepted media types include: ${known}`;
  throw new StatusError({ code: 415, reason: 'UnsupportedMediaType', message });
}

/** Every answer is JSON. @throws StatusError 406 where the client takes none of that. */
export function checkAccepted(accept: string | undefined): void {
  if (accept === undefined || accept.trim() === '') return;
  const types = accept.split(',').map((range) => range.split(';')[0]?.trim() ?? '');
  if (types.some((type) => ['*/*', 'application/*', 'application/json'].includes(type))) return;
  const message = `406: Not Acceptable\n\nAvailable representations: ${known}`;
  throw new StatusError({ code: 406, reason: 'NotAcceptable', message, details: {} });
}
