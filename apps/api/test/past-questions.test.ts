import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmbedderId, ReceiptId } from "@larder/contracts";
import { expect, it, onTestFinished } from "vitest";
import { openStore } from "../src/compose.ts";
import { openInProcess } from "../src/open-in-process.ts";

const call = { signal: AbortSignal.timeout(60_000) };

it("keeps past questions over a start, and deletes them at one with LARDER_PAST_QUESTIONS_MAX=0", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-past-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const start = async (more: Readonly<Record<string, string>>) => {
    const { larder, close } = await openInProcess(
      { LARDER_DATA_DIR: folder, LARDER_OFFLINE: "1", ...more },
      { isWorking: false },
    );
    const isKeeping = larder.pastQuestions !== undefined;
    await close();
    return isKeeping;
  };
  const store = await openStore(folder);
  const { id } = await store.documents.createKnowledgeBase({ name: "k", description: "", settings: {} }, call);
  const of = { knowledgeBaseId: id, embedderId: "test@1" as EmbedderId, vector: Float32Array.of(0.6, 0.8) };
  const verdict = { provider: "acme", model: "m", task: "answering", isGood: true, weight: 0.5 } as const;
  const outcomes = [{ ...verdict, source: "verdict" }] as const;
  await store.pastQuestions.note({ ...of, receiptId: "rcp_1" as ReceiptId, outcomes, atMs: 1 }, call);
  await store.close();
  const kept = async () => {
    const again = await openStore(folder);
    const found = await again.pastQuestions.outcomes(of, call);
    await again.close();
    return found.length;
  };
  expect(await start({})).toBe(true);
  expect(await kept()).toBe(1);
  expect(await start({ LARDER_PAST_QUESTIONS_MAX: "0" })).toBe(false);
  expect(await kept()).toBe(0);
});
