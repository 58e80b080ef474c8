import { parseCidr, parseIp } from '../net/ip.ts';

/** Each rule answers with what is wrong, in the API server's words; nothing wrong is an empty list. */
export type NameRule = (value: string, isPrefix: boolean) => readonly string[];

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = new RegExp(`^${subdomain}$`);
const qualifiedPattern = new RegExp(`^${qualified}$`);

const example = (text: string, pattern: string, ...examples: readonly string[]): string =>
  `${text} (e.g. ${examples.map((one) => `'${one}', `).join(' or ')}regex used for validation is '${pattern}')`;
const atMost = (length: number, unit: 'bytes' | 'characters' = 'characters'): string => `must be no more than ${length} ${unit}`;

export function dnsSubdomain(value: string): readonly string[] {
  const text =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...(value.length > 253 ? [atMost(253)] : []), ...(subdomainPattern.test(value) ? [] : [example(text, subdomain, 'example.com')])];
}

export function dnsLabel(value: string): readonly string[] {
  const text =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  const long = value.length > 63 ? [atMost(63)] : [];
  if (labelPattern.test(value)) return long;
  return [...long, subdomainPattern.test(value) ? 'must not contain dots' : example(text, label, 'my-name', '123-abc')];
}

export function qualifiedName(value: string): readonly string[] {
  const text = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const shape = example(text, qualified, 'MyName', 'my.name', '123-abc');
  const parts = value.split('/');
  if (parts.length > 2) return [`a valid label key ${shape} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const [name = '', prefix] = parts.toReversed();
  const wrong: string[] = [];
  if (prefix === '') wrong.push('prefix part must be non-empty');
  else if (prefix !== undefined) wrong.push(...dnsSubdomain(prefix).map((message) => `prefix part ${message}`));
  if (name === '') wrong.push('name part must be non-empty');
  else if (name.length > 63) wrong.push(`name part ${atMost(63, 'bytes')}`);
  if (!qualifiedPattern.test(name)) wrong.push(`name part ${shape}`);
  return wrong;
}

export function labelValue(value: string): readonly string[] {
  const text =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [
    ...(value.length > 63 ? [atMost(63, 'bytes')] : []),
    ...(value === '' || qualifiedPattern.test(value) ? [] : [example(text, `(${qualified})?`, 'MyValue', 'my_value', '12345')]),
  ];
}

export function portNumber(value: number): readonly string[] {
  return value >= 1 && value <= 65_535 ? [] : ['must be between 1 and 65535, inclusive'];
}

export function portName(value: string): readonly string[] {
  return [
    ...(value.length > 15 ? [atMost(15)] : []),
    ...(/^[-a-z0-9]+$/.test(value) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(value) ? [] : ['must contain at least one letter (a-z)']),
    ...(value.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(value.startsWith('-') || value.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
  ];
}

/** Anything that may stand between two slashes of an URL. */
export function pathSegment(value: string, isPrefix: boolean): readonly string[] {
  const wrong: string[] = [];
  if (!isPrefix && (value === '.' || value === '..')) wrong.push(`may not be '${value}'`);
  for (const char of ['/', '%']) if (value.includes(char)) wrong.push(`may not contain '${char}'`);
  return wrong;
}

export function ipText(value: string): readonly string[] {
  if (/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(value)) return ['must not be an IPv4-mapped IPv6 address'];
  if (parseIp(value) !== undefined) return [];
  const withoutZeros = value.replace(/\b0+(?=\d)/g, '');
  if (/^[\d.]+$/.test(value) && parseIp(withoutZeros) !== undefined) return ['must not have leading 0s'];
  return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
}

export function cidrText(value: string): readonly string[] {
  const [host = '', bits = ''] = value.split('/');
  const network = parseCidr(value);
  if (network === undefined) {
    const withoutZeros = `${host.includes(':') ? host : host.replace(/\b0+(?=\d)/g, '')}/${bits.replace(/^0+(?=\d)/, '')}`;
    if (parseCidr(withoutZeros) !== undefined) return ['must not have leading 0s in IP or prefix length'];
    return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  }
  return network === `${parseIp(host) ?? host}/${bits}` ? [] : ['must not have bits set beyond the prefix length'];
}

/** Addresses that mean the machine itself or everybody on its link. */
export function specialAddress(address: string): readonly string[] {
  const ip = parseIp(address) ?? '';
  if (ip === '0.0.0.0' || ip === '::') return [`may not be unspecified (${address})`];
  if (ip.startsWith('127.') || ip === '::1') return ['may not be in the loopback range (127.0.0.0/8, ::1/128)'];
  if (ip.startsWith('169.254.') || /^fe[89ab]/.test(ip)) return ['may not be in the link-local range (169.254.0.0/16, fe80::/10)'];
  if (ip.startsWith('224.0.0.') || ip.startsWith('ff02:'))
    return ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'];
  return [];
}
