import { describeEmbedder } from "@larder/testkit";
import { openOnnxEmbedder } from "./onnx-embedder.ts";

describeEmbedder("the carried model", () => openOnnxEmbedder());
