import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pinModelFiles } from "./pin-model-files.ts";
import { pinFile } from "./pins.ts";
import { verifyModelFiles } from "./verify-model-files.ts";

const codes = { missing: "EMBEDDER_MODEL_MISSING", untrusted: "EMBEDDER_MODEL_UNTRUSTED" } as const;

let folder: string;
const put = (file: string, text: string) => writeFile(join(folder, file), text);
const pin = (isReplacing = false) => pinModelFiles({ folder, dtype: "q8", isReplacing });
const verify = () => verifyModelFiles({ model: "acme/tiny", folder, dtype: "q8", codes });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-pin-"));
  await mkdir(join(folder, "onnx"));
  for (const file of ["config.json", "tokenizer.json", "tokenizer_config.json"]) await put(file, "{}");
  await put("onnx/model_quantized.onnx", "graph");
});
afterEach(() => rm(folder, { recursive: true }));

describe("pinModelFiles", () => {
  it("pins what the runtime would read and nothing else, so that the model opens", async () => {
    await put("README.md", "not read");
    await put("special_tokens_map.json", "{}");
    await put("onnx/model.onnx", "another graph");
    await put("onnx/model_quantized.onnx_data", "weights");
    const { fileHashes, isWritten } = await pin();
    expect(isWritten).toBe(true);
    expect(Object.keys(fileHashes).sort()).toEqual([
      "config.json",
      "onnx/model_quantized.onnx",
      "onnx/model_quantized.onnx_data",
      "special_tokens_map.json",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    expect(await verify()).toEqual(fileHashes);
    expect(await readdir(folder)).not.toContain(`${pinFile}.new`);
  });

  it("leaves equal pins as they are", async () => {
    await pin();
    const before = await readFile(join(folder, pinFile), "utf8");
    expect((await pin()).isWritten).toBe(false);
    expect(await readFile(join(folder, pinFile), "utf8")).toBe(before);
  });

  it.each([
    { what: "a changed file", change: () => put("tokenizer.json", "[]"), files: "tokenizer.json" },
    { what: "a new file", change: () => put("added.json", "{}"), files: "added.json" },
    { what: "malformed pins", change: () => put(pinFile, "no pins"), files: pinFile },
  ])("refuses $what until it is told to replace the pins", async ({ change, files }) => {
    await pin();
    await change();
    await expect(pin()).rejects.toMatchObject({ code: "MODEL_PINS_DIFFER", details: { files } });
    expect((await pin(true)).isWritten).toBe(true);
    await verify();
  });

  it.each(["config.json", "onnx/model_quantized.onnx"])("says that %s is missing", async (file) => {
    await rm(join(folder, file));
    await expect(pin()).rejects.toMatchObject({ code: "MODEL_FILES_INCOMPLETE", details: { missing: file } });
  });

  it("refuses a folder that is not there", async () => {
    const nowhere = pinModelFiles({ folder: join(folder, "none"), dtype: "q8", isReplacing: false });
    await expect(nowhere).rejects.toMatchObject({ code: "MODEL_FILES_INCOMPLETE" });
  });

  it("tells a reranker from an embedder by its architecture", async () => {
    expect((await pin()).task).toBe("embedding");
    await put("config.json", JSON.stringify({ architectures: ["BertForSequenceClassification"] }));
    expect((await pin(true)).task).toBe("reranking");
  });
});
