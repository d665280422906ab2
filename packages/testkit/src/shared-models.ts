import { join } from "node:path";

/** Options of an embedder: all-MiniLM-L6-v2, dynamically quantised, from the folder of data beside the project. */
export function sharedMiniLm(sharedFolder: string) {
  return {
    model: "Xenova/all-MiniLM-L6-v2",
    modelsFolder: join(sharedFolder, "models"),
    settings: {
      fileHashes: {
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        "onnx/model_quantized.onnx": "c9fff8e5d4017df5c7ee036cc33eedcbb6773a2b9ca654b740cf40c2d21482d0",
        "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
        "tokenizer.json": "6681992d43e581b35b3dd61f3c81ee0f891fbf13ad54f8b692ea868bd46b066b",
        "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
      },
    },
  };
}
