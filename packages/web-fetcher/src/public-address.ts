import { BlockList, isIP } from "node:net";

/**
 * Ranges that are not the public internet: this machine, private networks, the metadata services of clouds, and the
 * ranges that wrap an IPv4 address into an IPv6 one, behind which any of them may stand.
 *
 * @source IANA IPv4 and IPv6 Special-Purpose Address Registries, 2026
 */
const ranges: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // shared by a carrier's customers
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local, metadata services
  ["172.16.0.0", 12],
  ["192.0.0.0", 24], // protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24], // 6to4 relays
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, broadcast
  ["::", 96], // unspecified, loopback, IPv4-compatible
  ["::ffff:0:0:0", 96], // IPv4-translated
  ["64:ff9b::", 96], // NAT64
  ["64:ff9b:1::", 48],
  ["100::", 64], // discard
  ["2001::", 23], // Teredo, benchmarks, ORCHID
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4
  ["3fff::", 20], // documentation
  ["5f00::", 16], // segment routing
  ["fc00::", 7], // unique local
  ["fe80::", 10], // link-local
  ["fec0::", 10], // site-local
  ["ff00::", 8], // multicast
];

const notPublic = new BlockList();
for (const [network, prefix] of ranges) notPublic.addSubnet(network, prefix, isIP(network) === 6 ? "ipv6" : "ipv4");

/** Whether an IP address, in any spelling that `net.isIP` knows, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return !notPublic.check(address, family === 6 ? "ipv6" : "ipv4"); // mapped IPv4 is checked as what it maps
}
