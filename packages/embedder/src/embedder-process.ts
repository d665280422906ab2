import { serveRequests } from "@larder/child-process";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { CountTokensPayload, EmbedPayload, OpenPayload } from "./embedder-messages.ts";
import type { OnnxModel } from "./onnx-model.ts";

let model: OnnxModel | undefined;

function opened(): OnnxModel {
  if (model === undefined) throw new LarderError("EMBEDDER_UNAVAILABLE", { details: { reason: "not opened" } });
  return model;
}

serveRequests({
  async open(payload: OpenPayload) {
    const { openOnnxModel } = await import("./onnx-model.ts"); // so that this process answers before the runtime loads
    model = await openOnnxModel(payload);
    return model.opened;
  },
  embed: ({ texts, lane }: EmbedPayload, call: Call) => opened().embed(texts, lane, call),
  countTokens: ({ texts }: CountTokensPayload, call: Call) => opened().countTokens(texts, call),
});
