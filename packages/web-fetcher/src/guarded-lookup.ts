import type { LookupAddress, LookupAllOptions, LookupOneOptions } from "node:dns";
import { lookup as systemLookup } from "node:dns/promises";
import { addressRefused } from "./check-address.ts";
import { isPublicAddress } from "./public-address.ts";

/** All addresses of a name. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>;

export const resolveBySystem: ResolveHost = (hostname) => systemLookup(hostname, { all: true });

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * A `lookup` for sockets that gives the very addresses it has checked, so that no second look-up can answer otherwise. A
 * name with one address that is not public is refused whole: which one a connection took would be chance.
 */
export function guardedLookup(resolve: ResolveHost) {
  return (hostname: string, options: LookupAllOptions | LookupOneOptions, callback: LookupCallback): void => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) callback(new Error("the name has no address"), "");
        else if (!addresses.every(({ address }) => isPublicAddress(address))) {
          callback(addressRefused("not_public"), "");
        } else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (cause: Error) => callback(cause, ""),
    );
  };
}
