import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import type { AnswerBody } from "../wire.ts";
import { renderRoute } from "./answer.ts";

const abstained = (reason: string) =>
  stripVTControlCharacters(renderRoute({ basis: "abstained", grounded: false, route: { reason } } as AnswerBody));

it("tells the confidence of an answer that stayed below the minimum", () => {
  const reason = "Nothing was sent: the confidence that the knowledge base answers it is 0.214, below 0.3.";
  expect(abstained(reason)).toContain(
    '\nThe confidence is 0.214, the minimum is 0.3; larder search "…" shows what was found.',
  );
});

it("adds nothing where nothing was found", () => {
  const words = abstained("Nothing was sent: the knowledge base holds no evidence for the question.");
  expect(words.split("\n")).toHaveLength(1);
});
