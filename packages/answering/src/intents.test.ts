import type { CallIntent, RoutedEvent } from "@larder/contracts";
import { createCountingIds } from "@larder/testkit";
import { expect, it } from "vitest";
import { attempt, honey, ScriptedAnswering, says } from "../test/scripted-answering.ts";

const sent = { provider: "p", model: "m", startedAtMs: 5 };

/** Answering whose router tells of what it sends before it says anything. */
function open(before: readonly (typeof sent)[]) {
  const noted: CallIntent[] = [];
  const answering: ScriptedAnswering = new ScriptedAnswering(
    async function* (): AsyncGenerator<RoutedEvent> {
      for (const each of before) answering.requests.at(-1)?.onSend?.(each);
      yield* says("Honey never spoils [1].");
    },
    [honey],
    { intents: { note: (intent) => noted.push(intent) }, ids: createCountingIds() },
  );
  return { answering, noted };
}

it("notes what is being asked under the name of the receipt to come, as if the process died now", async () => {
  const { answering, noted } = open([sent]);
  const { receipt } = await answering.answer();
  expect(noted).toMatchObject([
    {
      receiptId: receipt?.id,
      knowledgeBaseId: receipt?.knowledgeBaseId,
      priceBookId: "book",
      attempts: [{ ...sent, outcome: "aborted", billed: "unknown", error: { code: "ATTEMPT_INTERRUPTED" } }],
    },
  ]);
});

it("notes what is over as it ended, beside what is being asked then", async () => {
  const { answering, noted } = open([sent]);
  const other = { provider: "p", model: "n", startedAtMs: 9 };
  const refused = { ...attempt, outcome: "failed_before_text", billed: "no" } as const;
  await answering.answer();
  answering.requests[0]?.onAttempt?.(refused);
  answering.requests[0]?.onSend?.(other);
  expect(noted.at(-1)?.attempts).toMatchObject([refused, { ...other, billed: "unknown" }]);
  expect(new Set(noted.map(({ receiptId }) => receiptId)).size).toBe(1);
});

it("notes nothing where nothing is sent", async () => {
  const { answering, noted } = open([sent]);
  await answering.answer({ isDryRun: true });
  expect(noted).toEqual([]);
});

it.each([
  { what: "the floor, where nothing is asked for", policy: {}, asked: { qualityFloor: 0.3 } },
  { what: "a minimum of the caller's own", policy: { qualityMin: 0 }, asked: { qualityMin: 0 } },
  { what: "the models that the caller names", policy: { models: ["p/m"] }, asked: { models: ["p/m"] } },
])("asks with $what", async ({ policy, asked }) => {
  const answering = new ScriptedAnswering(says("Honey never spoils [1]."), [honey], {
    settings: { qualityFloor: 0.3 },
  });
  await answering.answer({ policy });
  expect(answering.requests[0]?.policy).toEqual(asked);
});
