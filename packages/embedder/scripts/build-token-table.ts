/**
 * `npm run token-table -w @larder/embedder`: the vectors of the carried model's single tokens, taken from the model
 * itself, into `token-table.bin`. Run it again when the model changes, and put the hash it prints into the sources.
 */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AutoModel, env, Tensor } from "@xenova/transformers";
import { encodeTokenTable, tokenTableDimensions } from "../src/tokens/token-table.ts";

const models = fileURLToPath(new URL("../models/", import.meta.url));
const tokens = 28_000;
const tokensPerRun = 500;

env.allowRemoteModels = false;
env.localModelPath = models;
const model = await AutoModel.from_pretrained("larder-embed-v1", { dtype: "q8", local_files_only: true });
let modelDimensions = 0;
const rows: Float32Array[] = [];
for (let first = 0; first < tokens; first += tokensPerRun) {
  const shape = [1, tokensPerRun];
  const output = await model({
    input_ids: new Tensor(
      "int64",
      BigInt64Array.from({ length: tokensPerRun }, (_, i) => BigInt(first + i)),
      shape,
    ),
    attention_mask: new Tensor("int64", new BigInt64Array(tokensPerRun).fill(1n), shape),
  });
  const { data, dims } = output.last_hidden_state as { data: Float32Array; dims: readonly number[] };
  modelDimensions = dims[2] ?? 0;
  for (let i = 0; i < tokensPerRun; i++) rows.push(data.slice(i * modelDimensions, (i + 1) * modelDimensions));
}
const bytes = encodeTokenTable(rows, tokenTableDimensions);
await writeFile(`${models}larder-embed-v1/token-table.bin`, bytes);
const sha256 = createHash("sha256").update(bytes).digest("hex");
process.stdout.write(
  `${tokens} tokens, ${modelDimensions} dimensions cut to ${tokenTableDimensions}, sha256 ${sha256}\n`,
);
