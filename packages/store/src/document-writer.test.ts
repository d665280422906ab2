import { addReady, testCall as call, createKnowledgeBaseIn, finishedOf, leaseOf, uploadOf } from "@larder/testkit";
import { expect, it } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";

it("counts a job right when a later file of one call takes an earlier one's place, as in an archive with a path twice", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const { id: documentId } = await addReady(store.documents, id, "as it was", { upload: { externalId: "a.zip!/a" } });
  const sent = (text: string, externalId: string) => uploadOf(text, { externalId });
  const uploads = [sent("new", "a.zip!/a"), sent("as it was", "a.zip!/a"), sent("another", "a.zip!/b")];
  const { job } = await store.documents.accept(id, uploads, call);
  expect(job).toMatchObject({ state: "running", counts: { documents: 3, ready: 2, failed: 0 } });
  await store.documents.finish(await leaseOf(store.documents), finishedOf("another"), call);
  const ended = await store.documents.job(job.id, call);
  expect(ended).toMatchObject({ state: "succeeded", counts: { documents: 3, ready: 3 } });
  expect((await store.documents.text(id, documentId, call)).text).toBe("as it was");
});

it("tells of a document that keeps its text over a replacement as the one that others repeat", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const finished = { textSha256: "a".repeat(64), onSameText: "keep" } as const;
  const first = await addReady(store.documents, id, "one text", { finished, upload: { externalId: "a" } });
  const second = await addReady(store.documents, id, "one text ", { finished });
  await addReady(store.documents, id, "one text  ", { finished, upload: { externalId: "a" } });
  const repeats = async (of: typeof first) => (await store.documents.document(id, of.id, call)).duplicateOf;
  expect([await repeats(first), await repeats(second)]).toEqual([undefined, first.id]);
});
