import { serveRequests } from "@larder/child-process";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { CrossEncoder } from "./cross-encoder.ts";
import type { OpenPayload, ScorePayload } from "./reranker-messages.ts";

let model: CrossEncoder | undefined;

serveRequests({
  async open(payload: OpenPayload) {
    const { openCrossEncoder } = await import("./cross-encoder.ts"); // so that this process answers before the runtime loads
    model = await openCrossEncoder(payload);
    return model.opened;
  },
  async score({ query, passages }: ScorePayload, call: Call) {
    if (model === undefined) throw new LarderError("RERANKER_UNAVAILABLE", { details: { reason: "not opened" } });
    return model.score(query, passages, call);
  },
});
