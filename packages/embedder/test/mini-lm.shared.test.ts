import { describeEmbedder, sharedMiniLm } from "@larder/testkit";
import { openOnnxEmbedder } from "../src/onnx-embedder.ts";

const miniLm = sharedMiniLm(process.env.LARDER_SHARED_DIR ?? "");

describeEmbedder("all-MiniLM-L6-v2", () => openOnnxEmbedder(miniLm), { bulkTexts: 200 });

describeEmbedder(
  "all-MiniLM-L6-v2 of which 128 dimensions are kept",
  () => openOnnxEmbedder({ ...miniLm, settings: { ...miniLm.settings, keptDimensions: 128 } }),
  { bulkTexts: 200, texts: 60 },
);
