import type { Call, Embedder, EmbedderId, Metadata } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { unavailableEmbedder } from "@larder/testkit";
import { expect, it } from "vitest";
import { createFormerEmbedders } from "./former-embedders.ts";

const id = "model@0/2" as EmbedderId;
const call: Call = { signal: new AbortController().signal };

function openFormer() {
  const opened: string[] = [];
  const embedders = createFormerEmbedders({
    // As the store does it: nothing is read for somebody who has gone.
    record: {
      async rememberedEmbedder(_id, { signal }) {
        signal.throwIfAborted();
        return undefined;
      },
    },
    async open(model: string, _settings: Metadata): Promise<Embedder> {
      opened.push(model);
      await new Promise((resolve) => setImmediate(resolve));
      return {
        ...{ ...unavailableEmbedder, id, textTokensMax: 512, textsPerCallMax: 8 },
        countTokens: () => Promise.resolve([]),
        health: () => ({ name: "embedder", state: "ok", detail: "" }),
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
    nowMs: () => 0,
  });
  return { embedders, opened };
}

it("opens an embedder once for all who ask", async () => {
  const { embedders, opened } = openFormer();
  const [one, other] = await Promise.all([embedders.embedder(id, call), embedders.embedder(id, call)]);
  expect([one === other, opened]).toEqual([true, ["model"]]);
});

it("does not take the leaving of whoever asked first for a failure that others have to wait out", async () => {
  const { embedders } = openFormer();
  const gone = { signal: AbortSignal.abort(new LarderError("REQUEST_ABORTED")) };
  await expect(embedders.embedder(id, gone)).rejects.toMatchObject({ code: "REQUEST_ABORTED" });
  expect((await embedders.embedder(id, call)).id).toBe(id);
});
