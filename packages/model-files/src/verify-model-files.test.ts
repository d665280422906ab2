import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pinFile } from "./pins.ts";
import { verifyModelFiles } from "./verify-model-files.ts";

const contents: Readonly<Record<string, string>> = {
  "config.json": "{}",
  "tokenizer.json": '{"version":"1.0"}',
  "tokenizer_config.json": "[]",
  "onnx/model_quantized.onnx": "graph",
};
const fileHashes = Object.fromEntries(Object.entries(contents).map(([file, text]) => [file, sha256(text)]));

const codes = { missing: "EMBEDDER_MODEL_MISSING", untrusted: "EMBEDDER_MODEL_UNTRUSTED" } as const;

let folder: string;
const verify = (hashes?: Readonly<Record<string, string>>) =>
  verifyModelFiles({ model: "acme/tiny", folder, dtype: "q8", fileHashes: hashes, codes });
const put = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-model-"));
  for (const [file, text] of Object.entries(contents)) await put(file, text);
});
afterEach(() => rm(folder, { recursive: true }));

describe("verifyModelFiles", () => {
  it("returns the hashes when every file is as pinned", async () => {
    await put("README.md", "not read by the runtime");
    await put("onnx/model_fp16.onnx", "another graph, not read either");
    expect(await verify(fileHashes)).toEqual(fileHashes);
  });

  it("reads the pins from the model's folder when none are given", async () => {
    await put(
      pinFile,
      Object.entries(fileHashes)
        .map(([file, hash]) => `${hash}  ./${file}\n`)
        .join(""),
    );
    expect(await verify()).toEqual(fileHashes);
  });

  it.each(Object.keys(contents))("refuses %s when one byte differs, and names it without its folder", async (file) => {
    await put(file, `${contents[file]} `);
    const thrown = await verify(fileHashes).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "EMBEDDER_MODEL_UNTRUSTED", details: { model: "acme/tiny", file } });
    expect(JSON.stringify(thrown)).not.toContain(folder);
  });

  it.each(Object.keys(contents))("says that %s is missing", async (file) => {
    await rm(join(folder, file));
    await expect(verify(fileHashes)).rejects.toMatchObject({ code: "EMBEDDER_MODEL_MISSING", details: { file } });
  });

  it.each(Object.keys(contents))("refuses a model whose pins leave %s out", async (file) => {
    const { [file]: _, ...others } = fileHashes;
    await expect(verify(others)).rejects.toMatchObject({
      code: "EMBEDDER_MODEL_UNTRUSTED",
      details: { file, problem: "not pinned" },
    });
  });

  it.each(["special_tokens_map.json", "onnx/model_quantized.onnx_data"])(
    "refuses %s, which the runtime would read, when it is not pinned",
    async (file) => {
      await put(file, "anything");
      await expect(verify(fileHashes)).rejects.toMatchObject({ code: "EMBEDDER_MODEL_UNTRUSTED", details: { file } });
    },
  );

  it("refuses a model without pins", async () => {
    await expect(verify()).rejects.toMatchObject({ code: "EMBEDDER_MODEL_UNTRUSTED", details: { file: pinFile } });
  });

  it("refuses malformed pins", async () => {
    await put(pinFile, "not a hash  config.json\n");
    await expect(verify()).rejects.toMatchObject({ details: { file: pinFile, problem: "malformed" } });
  });

  it("says that the model is missing when its folder is", async () => {
    await rm(folder, { recursive: true });
    await expect(verify(fileHashes)).rejects.toMatchObject({ code: "EMBEDDER_MODEL_MISSING" });
    await mkdir(folder);
  });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
