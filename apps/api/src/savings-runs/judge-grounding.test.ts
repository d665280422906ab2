import { LarderError } from "@larder/contracts";
import { expect, it } from "vitest";
import { createGroundingJudge } from "./judge-grounding.ts";

const call = { signal: new AbortController().signal };
/** Without vectors words decide alone. */
const judge = createGroundingJudge({
  dimensions: 1,
  embed: () => Promise.reject(new LarderError("EMBEDDER_UNAVAILABLE")),
});
const text = "Honey never spoils. Oil goes rancid after 90 days in the pantry.";
const pieces = [{ documentId: "d", title: "Pantry", start: 0, end: text.length, text }];

it.each([
  ["Oil goes rancid after 90 days.", true],
  ["Oil goes rancid after 70 days.", false],
  ["Honey never spoils.", true],
  ["Honey spoils.", false],
  ["I'm sorry, I cannot say.", false],
  ["", false],
])("judges %j as %s", async (answer, isGrounded) => {
  expect(await judge(answer, "How long do honey and oil keep?", pieces, call)).toBe(isGrounded);
});

it("finds nothing grounded in no evidence", async () => {
  expect(await judge("Honey never spoils.", "Does honey spoil?", [], call)).toBe(false);
});
