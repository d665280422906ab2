import type { NanoUsd } from "@larder/contracts";
import { customType } from "drizzle-orm/sqlite-core";

/**
 * Money as a 64-bit integer. Exact only on a connection with safe integers; on any other the driver would hand out a
 * rounded double, so that is refused rather than converted.
 */
export const nanoUsdColumn = customType<{ data: NanoUsd; driverData: bigint }>({
  dataType: () => "integer",
  toDriver: (value) => value,
  fromDriver: (value) => {
    if (typeof value !== "bigint") throw new TypeError("Money was read on a connection without safe integers.");
    return value as NanoUsd;
  },
});

/** A count, size or time in a table that is read with safe integers, where the driver gives every integer as bigint. */
export const wholeNumberColumn = customType<{ data: number; driverData: number | bigint }>({
  dataType: () => "integer",
  fromDriver: Number,
});

/** Row-major 32-bit floats in the machine's byte order, which is little-endian wherever Node 20 runs. */
export const vectorColumn = customType<{ data: Float32Array; driverData: Buffer }>({
  dataType: () => "blob",
  toDriver: (vector) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
  fromDriver: (bytes) => new Float32Array(Uint8Array.from(bytes).buffer), // a copy: the driver's bytes are not aligned
});
