import { randomBytes } from "node:crypto";
import type { Clock, IdByKind, IdKind, Ids } from "@larder/contracts";
import { idPrefixes } from "@larder/contracts";

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

const letters = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Ids of a time stamp, so that they sort by age in the database, and 80 random bits. */
export const systemIds: Ids = {
  next<Kind extends IdKind>(kind: Kind): IdByKind[Kind] {
    const stamp = Date.now().toString(36).padStart(9, "0");
    const random = Array.from(randomBytes(16), (byte) => letters[byte % 36]).join(""); // 16 × 5.1 bits
    return `${idPrefixes[kind]}${stamp}${random}` as IdByKind[Kind];
  },
};
