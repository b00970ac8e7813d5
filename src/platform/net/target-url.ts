import { addressOfHost, isLoopbackAddress, isPublicAddress } from './public-address.js';

/** Longest URL that is called, in bytes: what is indexed has to fit a page of the database. */
export const TARGET_URL_MAX = 2_000;

/** Longest name there is, by RFC 1035. */
const HOST_MAX = 253;

// Ports of services that take commands as text or that nobody offers to strangers: a request to them is an attack, not a message.
const REFUSED_PORTS: ReadonlySet<number> = new Set([
  7, 9, 11, 13, 19, 20, 21, 22, 23, 25, 37, 53, 69, 79, 110, 111, 119, 123, 135, 137, 138, 139, 143, 161, 179, 389, 445, 465, 512, 513, 514,
  515, 543, 544, 548, 554, 587, 601, 636, 873, 989, 990, 992, 993, 995, 1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4369,
  5432, 5672, 5984, 6000, 6379, 6443, 7000, 7001, 8500, 9042, 9092, 9200, 9300, 10250, 10255, 11211, 15672, 27017, 27018, 50070,
]);

// Names that mean something only inside a machine or a network.
const INNER_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|localdomain|home\.arpa)$/;

export interface TargetRules {
  /** Plain http, any port and loopback addresses are taken when the host is this machine; only ever in development and tests. */
  readonly allowLoopback: boolean;
}

/** Why a URL is not called, in words for whoever entered it; undefined when nothing in its text speaks against it. */
export function targetUrlFault(text: string, { allowLoopback }: TargetRules): string | undefined {
  if (Buffer.byteLength(text) > TARGET_URL_MAX) return `must have at most ${TARGET_URL_MAX} characters, fewer when they are not ASCII`;
  if (!URL.canParse(text)) return 'must be a URL, like https://hooks.example.com/concord';
  const url = new URL(text);
  const host = hostOf(url);
  const address = addressOfHost(host);
  if (host.length > HOST_MAX) return `must name a host of at most ${HOST_MAX} characters`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or password; the signature proves who sends';
  if (url.hash !== '') return 'must not have a fragment (#...), which is never sent';
  if (allowLoopback && isThisMachine(host, address)) return undefined;
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (address !== undefined && !isPublicAddress(address)) return 'must not point to a private or reserved address';
  if (address === undefined && (INNER_NAME.test(host) || !host.includes('.'))) return 'must name a host of the public internet';
  if (REFUSED_PORTS.has(portOf(url))) return `must not use port ${portOf(url)}, which belongs to another service`;
  return undefined;
}

/** The host of a URL in lower case, without the dot that may end a name. */
export function hostOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/\.$/, '');
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function isThisMachine(host: string, address: string | undefined): boolean {
  return host === 'localhost' || (address !== undefined && isLoopbackAddress(address));
}
