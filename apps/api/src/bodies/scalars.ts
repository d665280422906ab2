import { z } from "@hono/zod-openapi";
import type { NanoUsd } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";

/** Signed dollars as decimal text with nine decimals, so that no float touches them. */
export const usdText = z
  .string()
  .regex(/^-?\d+\.\d{9}$/)
  .openapi({ example: "0.000412000" });
export const timeText = z.iso.datetime().openapi({ example: "2026-11-24T09:30:00.000Z" });
export const metadataObject = z.record(z.string(), z.unknown());

/** Unknown money is `null`, never 0. */
export function toUsd(value: NanoUsd | undefined): string | null {
  return value === undefined ? null : formatUsd(value);
}

export function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
