import { LbError } from '../../errors.ts';
import { parseCidr, parseIp, type Cidr, type IpAddress } from '../../net/ip.ts';
import { holdSocket, tryHold, type Hold } from './hold.ts';

/** A /24 of 127.0.0.0/8 that is this demo's alone, and what its addresses are for. */
export interface DemoRange {
  readonly network: Cidr;
  /** The embedded API server and the controller's health port. */
  readonly api: IpAddress;
  readonly nodes: readonly { readonly name: string; readonly address: IpAddress }[];
  readonly internal: Cidr;
  readonly public: Cidr;
  /** Gives the /24 back. */
  release(): Promise<void>;
}

/** Whoever listens here holds the /24. The number itself means nothing. */
const claimPort = 24_790;
const second = 90;

/**
 * The first free /24 from 127.90.0.0 on: demos that run side by side take one each.
 * @throws LbError `AddressNotAvailable` where the machine has no addresses beside 127.0.0.1, with the lines that add them;
 *   `AddressTaken` when all 256 are taken.
 */
export async function claimRange(hold: Hold = holdSocket): Promise<DemoRange> {
  for (let third = 0; third < 256; third++) {
    const prefix = `127.${second}.${third}`;
    const claim = await tryHold(hold, `${prefix}.1`, claimPort);
    if (claim === 'taken') continue;
    if (typeof claim === 'string') throw missing(prefix);
    // The first node, and both ends of what load balancers may get: a machine that lacks any address lacks one of these.
    for (const host of [11, 13, 64, 255]) {
      const probe = await tryHold(hold, `${prefix}.${host}`, 0);
      if (probe === 'absent') {
        await claim.close();
        throw missing(prefix);
      }
      if (typeof probe !== 'string') await probe.close();
    }
    return rangeOf(prefix, () => claim.close());
  }
  throw new LbError('AddressTaken', `every /24 of 127.${second}.0.0/16 is taken`, { remedy: 'End a demo that still runs.' });
}

function rangeOf(prefix: string, release: () => Promise<void>): DemoRange {
  return {
    network: cidr(`${prefix}.0/24`),
    api: ip(`${prefix}.1`),
    nodes: [11, 12, 13].map((host, index) => ({ name: `node-${index + 1}`, address: ip(`${prefix}.${host}`) })),
    internal: cidr(`${prefix}.64/26`),
    public: cidr(`${prefix}.128/25`),
    release,
  };
}

function missing(prefix: string): LbError {
  return new LbError('AddressNotAvailable', `this machine does not have the loopback address ${prefix}.1`, {
    remedy:
      'Add the addresses the demo uses (macOS; gone after a restart), then start it again:\n' +
      `  for i in 1 11 12 13 $(seq 64 255); do sudo ifconfig lo0 alias ${prefix}.$i; done`,
  });
}

const ip = (text: string): IpAddress => parseIp(text) as IpAddress; // built from numbers below 256
const cidr = (text: string): Cidr => parseCidr(text) as Cidr; // as above
