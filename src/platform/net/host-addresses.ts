import { type LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { OutgoingFailed } from './outgoing-failed.js';
import { addressOfHost, isLoopbackAddress, isPublicAddress } from './public-address.js';

/** Looks up every address of a name. */
export type NameLookup = (host: string) => Promise<readonly LookupAddress[]>;

const LOCALHOST: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Asks the name servers themselves. The look-up of the operating system would take a thread of the few that also hash passwords and read
 * files, for as long as a name server of somebody else likes; and names that only this machine knows are not called anyway.
 */
export function nameServerLookup({ servers, timeoutMs = 3_000 }: { servers?: readonly string[]; timeoutMs?: number } = {}): NameLookup {
  return async (host) => {
    if (host === 'localhost') return LOCALHOST;
    const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
    if (servers) resolver.setServers(servers);
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    if (four.status === 'rejected' && six.status === 'rejected') throw four.reason as Error;
    return [...found(four, 4), ...found(six, 6)];
  };
}

function found(answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
}

/**
 * The addresses a host may be called at, looked up once: whoever connects uses these and never asks the name again, so a name that
 * answers differently the second time gains nothing. One private address among them refuses the host as a whole.
 */
export async function callableAddresses(host: string, find: NameLookup, allowLoopback: boolean): Promise<readonly LookupAddress[]> {
  const literal = addressOfHost(host);
  const addresses = literal === undefined ? await lookedUp(host, find) : [{ address: literal, family: literal.includes(':') ? 6 : 4 }];
  const isCallable = ({ address }: LookupAddress): boolean => isPublicAddress(address) || (allowLoopback && isLoopbackAddress(address));
  if (addresses.length === 0) throw new OutgoingFailed('name-not-found', `The name ${host} has no address.`);
  if (!addresses.every(isCallable)) {
    throw new OutgoingFailed('address-refused', `${host} leads to an address that is not of the public internet. Nothing was sent.`);
  }
  return addresses;
}

async function lookedUp(host: string, find: NameLookup): Promise<readonly LookupAddress[]> {
  try {
    return await find(host);
  } catch (cause) {
    throw new OutgoingFailed('name-not-found', `The name ${host} could not be found.`, { cause });
  }
}
