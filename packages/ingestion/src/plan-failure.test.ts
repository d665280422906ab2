import { LarderError } from "@larder/contracts";
import { expect, it } from "vitest";
import { planBatches } from "./plan-batches.ts";
import { planFailure } from "./plan-failure.ts";

const limits = { attemptsMax: 4, retryDelayMsMin: 100, retryDelayMsMax: 300 };

it.each([
  { attempt: 1, delayMs: 100 },
  { attempt: 2, delayMs: 200 },
  { attempt: 3, delayMs: 300 },
])("waits longer after attempt $attempt, up to a limit", ({ attempt, delayMs }) => {
  expect(planFailure(new LarderError("STORE_BUSY"), attempt, limits)).toMatchObject({ kind: "release", delayMs });
});

it("ends at the last attempt, for what cannot pass, and for defects", () => {
  expect(planFailure(new LarderError("STORE_BUSY"), 4, limits)).toMatchObject({
    kind: "fail",
    error: { code: "JOB_ATTEMPTS_EXHAUSTED", details: { attempts: 4, lastCode: "STORE_BUSY" } },
  });
  expect(planFailure(new LarderError("DOCUMENT_NO_TEXT"), 1, limits)).toMatchObject({
    error: { code: "DOCUMENT_NO_TEXT" },
  });
  expect(planFailure(new TypeError("x"), 1, limits)).toMatchObject({ kind: "fail", error: { code: "UNEXPECTED" } });
});

it("cuts counts into ranges that cover them in order", () => {
  expect(planBatches(0, 3)).toEqual([]);
  expect(planBatches(7, 3)).toEqual([
    { start: 0, end: 3 },
    { start: 3, end: 6 },
    { start: 6, end: 7 },
  ]);
});
