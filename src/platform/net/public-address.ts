import ipaddr from 'ipaddr.js';

// A public address by number, yet it is answered by the machine's own host: it hands out credentials of the virtual machine.
const METADATA: ReadonlySet<string> = new Set(['168.63.129.16']);
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/**
 * True for an address of the open internet. Everything with another purpose is refused: loopback, private, link-local, shared (carrier
 * grade), documentation, multicast, and IPv6 forms that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo), because where those
 * end is decided by a gateway and not by us.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(withoutZone(address))) return false;
  const parsed = ipaddr.parse(withoutZone(address));
  if (parsed.range() !== 'unicast' || METADATA.has(parsed.toString())) return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6);
}

/** True for 127.0.0.0/8 and ::1, in whatever form they are written. */
export function isLoopbackAddress(address: string): boolean {
  if (!ipaddr.isValid(withoutZone(address))) return false;
  return ipaddr.process(withoutZone(address)).range() === 'loopback';
}

/** The address in a host of a URL, brackets removed; undefined when it is a name. */
export function addressOfHost(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? bare : undefined;
}

// An address with a zone names an interface of this machine.
function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
