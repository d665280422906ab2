import { sha256Hex } from "@larder/receipts";
import { expect, it } from "vitest";
import { honey, ScriptedAnswering, says } from "../test/scripted-answering.ts";
import { settingsHashOf } from "./settings-of-answers.ts";

const words = says("Honey never spoils [1].");

it("has both roots when documents came or went during the search, and one when they did not", async () => {
  const roots = ["a", "b", "b", "b"];
  const indexRoots = { indexRoot: async () => roots.shift() ?? "", prove: async () => undefined };
  const scripted = new ScriptedAnswering(words, [honey], { indexRoots });
  await scripted.answer();
  await scripted.answer();
  expect(scripted.receipts.map(({ retrieval }) => [retrieval?.indexRoot, retrieval?.indexRootAfter])).toEqual([
    ["a", "b"],
    ["b", undefined],
  ]);
});

it("keeps the question with its history only when the question or else the settings say so", async () => {
  const history = [{ question: "What of jam?", answer: "It keeps." }];
  const asked = { text: "and honey?", history };
  const kept = { question: asked.text, history };
  for (const keepsQuestions of [undefined, false, true]) {
    const settings = keepsQuestions === undefined ? {} : { keepsQuestions };
    const scripted = new ScriptedAnswering(words, [honey], { settings });
    await scripted.answer(asked);
    await scripted.answer({ ...asked, isKept: true });
    await scripted.answer({ ...asked, isKept: false });
    const [bySetting, always, never] = scripted.receipts.map(({ question, history }) => ({ question, history }));
    expect(always).toEqual(kept);
    expect([never?.question, never?.history]).toEqual([undefined, undefined]);
    expect(bySetting).toEqual(keepsQuestions === true ? kept : never);
    for (const receipt of scripted.receipts) {
      expect(receipt).toMatchObject({ questionSha256: sha256Hex(asked.text), retrieval: { historyTurns: 1 } });
    }
  }
});

it("tells when the first text came and what checking the answer took", async () => {
  let nowMs = 0;
  const clock = { nowMs: () => 0, monotonicMs: () => nowMs++ };
  const scripted = new ScriptedAnswering(words, [honey], { clock });
  await scripted.answer();
  const { firstText = 0, verify = 0, total } = scripted.receipts[0]?.timingsMs ?? { total: 0 };
  expect(firstText).toBeGreaterThan(0);
  expect(verify).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(firstText + verify);
});

it("names the settings by a hash that every one of them changes, but for those that change no answer", () => {
  const { ports } = new ScriptedAnswering([]);
  const hashes = [
    ports,
    { ...ports, retriever: { ...ports.retriever, id: "another" } },
    { ...ports, settings: { confidenceMin: 0.2 } },
    { ...ports, settings: { evidenceMax: 7 } },
    { ...ports, furtherSettings: { exactVectorsMax: 5 } },
  ].map(settingsHashOf);
  expect(new Set(hashes).size).toBe(hashes.length);
  const same = { confidenceMin: 0.05, recordTimeoutMs: 1, keepsQuestions: true };
  expect(settingsHashOf({ ...ports, settings: same })).toBe(hashes[0]);
});
