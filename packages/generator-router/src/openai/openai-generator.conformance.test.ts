import { Secret } from "@larder/contracts";
import { describeGenerator } from "@larder/testkit";
import { createOpenAiGenerator } from "./openai-generator.ts";
import { plainWire } from "./wire-dialect.ts";

describeGenerator("openai generator", (provider, key) =>
  createOpenAiGenerator({
    id: "fake",
    baseUrl: provider.url,
    key: new Secret(key),
    wire: plainWire,
    clock: { nowMs: Date.now },
  }),
);
