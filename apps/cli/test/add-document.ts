import type { Larder } from "@larder/api";
import { finishedOf, leaseOf, testCall, uploadOf } from "@larder/testkit";

/**
 * A knowledge base of one document with these passages and their real vectors, which counts `tokens`: what a larger one
 * would cost to send is known by its count alone.
 */
export async function addDocument(
  { store, embedder }: Pick<Larder, "store" | "embedder">,
  name: string,
  passages: readonly string[],
  tokens: number,
): Promise<string> {
  const text = passages.join("\n");
  const { id } = await store.createKnowledgeBase({ name, description: "", settings: {} }, testCall);
  await store.accept(id, [uploadOf(text)], testCall);
  const vectors = await embedder.embed(passages, "bulk", testCall);
  const { dimensions, id: embedderId } = embedder;
  const finished = finishedOf(text, { vectors, dimensions, embedderId, tokens });
  const measured = { ...finished, passages: finished.passages.map((each) => ({ ...each, tokens: 180 })) };
  await store.finish(await leaseOf(store), measured, testCall);
  return id;
}
