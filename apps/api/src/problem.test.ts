import { LarderError } from "@larder/contracts";
import { expect, it } from "vitest";
import { problemHeaders, problemStatus } from "./problem.ts";

it.each(["INDEX_BUSY", "INDEX_UNAVAILABLE", "INDEX_BEHIND"] as const)(
  "asks a caller whom the vector index refused with %s to come again",
  (code) => {
    const error = new LarderError(code);
    expect(error.retryable).toBe(true);
    expect(problemStatus(code)).toBe(503);
    expect(problemHeaders(error)["retry-after"]).toMatch(/^[1-9]\d*$/);
  },
);

it("says how long the caller is to wait where the part that refused knows it", () => {
  const error = new LarderError("INDEX_UNAVAILABLE", { details: { retryAfterMs: 12_001 } });
  expect(problemHeaders(error)["retry-after"]).toBe("13");
});
