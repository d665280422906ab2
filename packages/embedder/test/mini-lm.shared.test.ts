import { describeEmbedder } from "@larder/testkit";
import { openOnnxEmbedder } from "../src/onnx-embedder.ts";
import { sharedMiniLm } from "./shared-models.ts";

describeEmbedder("all-MiniLM-L6-v2", () => openOnnxEmbedder(sharedMiniLm()), { bulkTexts: 200 });
