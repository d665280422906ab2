import { LarderError } from "@larder/contracts";
import type { FrameFailure } from "./frame-channel.ts";

/** What a handler threw, as data that crosses to the parent. */
export function describeFailure(thrown: unknown): FrameFailure {
  if (LarderError.is(thrown)) {
    return { code: thrown.code, details: thrown.details, cause: String(thrown.cause ?? thrown.message) };
  }
  return { code: "UNEXPECTED", details: {}, cause: thrown instanceof Error ? (thrown.stack ?? "") : String(thrown) };
}
