import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parsePins, pinFile, verifyModelFiles } from "./model-files.ts";

const contents: Readonly<Record<string, string>> = {
  "config.json": "{}",
  "tokenizer.json": '{"version":"1.0"}',
  "tokenizer_config.json": "[]",
  "onnx/model_quantized.onnx": "graph",
};
const fileHashes = Object.fromEntries(Object.entries(contents).map(([file, text]) => [file, sha256(text)]));

let folder: string;
const verify = (hashes?: Readonly<Record<string, string>>) =>
  verifyModelFiles({ model: "acme/tiny", folder, graphFile: "onnx/model_quantized.onnx", fileHashes: hashes });
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

describe("parsePins", () => {
  it("reads what sha256sum prints", () => {
    const hash = sha256("x");
    expect(parsePins(`# by hand\n${hash}  config.json\r\n${hash.toUpperCase()} *onnx/a b.onnx\n\n`)).toEqual({
      "config.json": hash,
      "onnx/a b.onnx": hash,
    });
    expect(parsePins("")).toEqual({});
  });

  it.each(["../secret", "/etc/passwd", "onnx/../../x", "..\\x"])("refuses the path %s", (path) => {
    expect(parsePins(`${sha256("x")}  ${path}\n`)).toBeUndefined();
  });

  it("never throws, and never gives a path that leaves the folder", () => {
    const unit = fc.constantFrom(sha256("x"), "  ", " *", "..", "/", ".", "\\", "a", "\n", "\r", "\0", "#");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        for (const file of Object.keys(parsePins(text) ?? {})) {
          expect(posix.normalize(`/models/tiny/${file}`)).toMatch(/^\/models\/tiny\b/);
          expect(file).not.toMatch(/^\/|\\/);
        }
      }),
    );
  });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
