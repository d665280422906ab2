import { describe, expect, it } from "vitest";
import {
  addReady,
  testCall as call,
  createKnowledgeBaseIn,
  finishedOf,
  leaseOf,
  ofDocuments,
  uploadOf,
} from "../../store-fixtures.ts";
import type { OpenDocumentStore } from "./document-store-under-test.ts";
import { liveLabels } from "./live-labels.ts";

/** The log that an index follows. */
export function describeOperationLog(open: OpenDocumentStore): void {
  describe("the operation log", () => {
    it("leads to the live labels from any point, and never holds an add without a vector", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      expect(await opened.operationLog.latestSequence(id)).toBe(0);
      expect(await opened.operationLog.readAfter(id, 0, 10)).toEqual([]);
      const { id: first } = await addReady(store, id, "a\nb");
      const followed = new Set(await liveLabels(opened.operationLog, id));
      const middle = await opened.operationLog.latestSequence(id);
      await store.replace(id, first, uploadOf("c\nd\ne"), call);
      await store.finish(await leaseOf(store), finishedOf("c\nd\ne"), call);
      const { id: second } = await addReady(store, id, "f");
      await store.deleteDocument(id, second, call);
      const live = [...(await store.labelsMatching(id, ofDocuments(first, second), call))].sort((a, b) => a - b);
      expect(await liveLabels(opened.operationLog, id)).toEqual(live);
      for (const operation of await opened.operationLog.readAfter(id, middle, 100)) {
        if (operation.kind === "add") followed.add(operation.label);
        else followed.delete(operation.label);
      }
      expect([...followed].sort((a, b) => a - b)).toEqual(live);
      const log = await opened.operationLog.readAfter(id, 0, 100);
      expect(log.at(-1)?.sequence).toBe(await opened.operationLog.latestSequence(id));
      const sequences = log.map((operation) => operation.sequence);
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    });
  });
}
