import type { Attempt, Call, Ledger, RoutedEvent } from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { attempt, honey, question, routeBefore, ScriptedAnswering, says, signal } from "../test/scripted-answering.ts";
import { createAnswerQuestion } from "./answer-question.ts";

describe("a failure", () => {
  it("after text is an event with a receipt that knows the attempt", async () => {
    const broken: Attempt = { ...attempt, outcome: "failed_after_text", billed: "unknown" };
    const { cost: _, usage: __, ...unpriced } = broken;
    const scripted = new ScriptedAnswering([
      { kind: "routed", route: routeBefore },
      { kind: "text", text: "Honey nev" },
      {
        kind: "broken",
        route: { ...routeBefore, attempts: [unpriced] },
        error: toErrorRecord(new LarderError("PROVIDER_STREAM_BROKEN")),
      },
    ]);
    const events = await scripted.ask();
    expect(events.at(-1)).toMatchObject({
      kind: "failed",
      error: { code: "PROVIDER_STREAM_BROKEN" },
      receipt: { errorCode: "PROVIDER_STREAM_BROKEN", costBasis: "unpriced", counterfactuals: [] },
    });
    expect(scripted.receipts).toHaveLength(1);
    expect(scripted.receipts[0]?.route.attempts).toHaveLength(1);
    expect(scripted.receipts[0]?.cost).toBeUndefined();
  });

  it("before the first event rejects", async () => {
    const retriever = { id: "r", retrieve: () => Promise.reject(new LarderError("KNOWLEDGE_BASE_NOT_FOUND")) };
    const scripted = new ScriptedAnswering([], [honey], { retriever });
    await expect(scripted.ask()).rejects.toMatchObject({ code: "KNOWLEDGE_BASE_NOT_FOUND" });
    expect(scripted.receipts).toEqual([]);
  });

  it("of the ledger keeps the answer from being called finished", async () => {
    const ledger = { record: () => Promise.reject(new LarderError("STORE_FULL")) } satisfies Pick<Ledger, "record">;
    const events = await new ScriptedAnswering(says("Honey never spoils [1]."), [honey], { ledger }).ask();
    expect(events.at(-1)).toMatchObject({ kind: "failed", error: { code: "STORE_FULL" } });
  });

  it.each([
    ["the reader left", new Error("left"), "REQUEST_ABORTED"],
    ["a deadline", new LarderError("PROVIDER_TIMED_OUT"), "PROVIDER_TIMED_OUT"],
  ])("by abort, %s, is written down with the call that may be billed", async (_, reason, code) => {
    const controller = new AbortController();
    const scripted = new ScriptedAnswering(async function* (call: Call): AsyncGenerator<RoutedEvent> {
      yield { kind: "routed", route: routeBefore };
      yield { kind: "text", text: "Honey" };
      controller.abort(reason);
      throw call.signal.reason;
    });
    const events = await scripted.ask({}, { signal: controller.signal });
    expect(events.at(-1)).toMatchObject({ kind: "failed", error: { code } });
    expect(scripted.receipts).toMatchObject([
      { errorCode: code, costBasis: "unpriced", route: { attempts: [{ outcome: "aborted", billed: "unknown" }] } },
    ]);
  });

  it("is also written down when the loop is left in the middle", async () => {
    const scripted = new ScriptedAnswering(says("Honey ", "never ", "spoils [1]."));
    for await (const event of createAnswerQuestion(scripted.ports)(question(), { signal })) {
      if (event.kind === "text") break;
    }
    expect(scripted.receipts).toMatchObject([
      { errorCode: "REQUEST_ABORTED", route: { attempts: [{ billed: "unknown" }] } },
    ]);
  });

  it("that is a defect is told as one, without its message", async () => {
    const scripted = new ScriptedAnswering(async function* (): AsyncGenerator<RoutedEvent> {
      yield { kind: "routed", route: routeBefore };
      throw new TypeError("a secret");
    });
    const last = (await scripted.ask()).at(-1);
    expect(last).toMatchObject({ kind: "failed", error: { code: "UNEXPECTED" } });
    expect(JSON.stringify(last, (_, value) => (typeof value === "bigint" ? "" : value))).not.toContain("secret");
  });
});
