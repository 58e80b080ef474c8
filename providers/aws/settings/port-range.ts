import { LbError } from '../../../src/errors.ts';

/** `30000-32767`. @throws LbError InvalidConfig */
export function parsePortRange(text: string): readonly [first: number, last: number] {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const range = [Number(first), Number(last)] as const;
  if (range[0] >= 1 && range[0] <= range[1] && range[1] <= 65_535) return range;
  throw new LbError('InvalidConfig', `${JSON.stringify(text)} is no range of ports such as 30000-32767`, {
    field: 'connection.nodePortRange',
  });
}
