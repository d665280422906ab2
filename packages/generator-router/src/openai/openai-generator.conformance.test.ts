import { Secret } from "@larder/contracts";
import { describeGenerator } from "@larder/testkit";
import { plainWire } from "../providers/provider-setup.ts";
import { createOpenAiGenerator } from "./openai-generator.ts";

describeGenerator("openai generator", (provider, key) =>
  createOpenAiGenerator({
    id: "fake",
    baseUrl: provider.url,
    key: new Secret(key),
    wire: plainWire,
    clock: { nowMs: Date.now },
  }),
);
