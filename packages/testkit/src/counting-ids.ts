import type { IdByKind, IdKind, Ids } from "@larder/contracts";
import { idPrefixes } from "@larder/contracts";

/** Ids of the right shape that count up. Two sets that meet in one database need different names. */
export function createCountingIds(name = "a"): Ids {
  let count = 0;
  return {
    next<Kind extends IdKind>(kind: Kind): IdByKind[Kind] {
      count += 1;
      const id: string = `${idPrefixes[kind]}${name}${count.toString().padStart(10, "0")}`;
      return id as IdByKind[Kind];
    },
  };
}
