import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { entryUrl } from "@larder/child-process";
import type { DocumentParser } from "@larder/contracts";
import { assemblePdf, writeZip } from "@larder/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ChildParserOptions } from "../src/index.ts";
import { createChildProcessParser } from "../src/index.ts";

const call = { signal: new AbortController().signal };
const faulty = entryUrl(import.meta.url, "./faulty-parser-process");
let folder = "";
let file = "";
const opened: DocumentParser[] = [];
/** What ends its child gets a fresh one, so most faults can befall the same parser. */
const shared = createChildProcessParser({ entry: faulty, memoryBytesMax: 256 * 2 ** 20 });

function open(options: ChildParserOptions = {}): DocumentParser {
  const parser = createChildProcessParser(options);
  opened.push(parser);
  return parser;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-parser-"));
  file = join(folder, "document");
  await writeFile(file, "# Title\n\nSome words.\n");
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((parser) => parser[Symbol.asyncDispose]()));
});
afterAll(async () => {
  await shared[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function expectTwentyDocuments(parser: DocumentParser): Promise<void> {
  const fileNames = Array.from({ length: 20 }, (_, i) => `${i}.md`);
  const parsed = await Promise.all(fileNames.map((fileName) => parser.parse({ file, fileName }, call)));
  expect(parsed.map(({ title }) => title)).toEqual(fileNames.map(() => "Title"));
}

/** One page whose content is deflated twice over. */
function pdfBomb(bytes: number): Uint8Array {
  const data = deflateSync(deflateSync(Buffer.alloc(bytes, " ")));
  const head = `<< /Length ${data.length} /Filter [/FlateDecode /FlateDecode] >>\nstream\n`;
  const objects = [
    Buffer.from("<< /Type /Catalog /Pages 2 0 R >>"),
    Buffer.from("<< /Type /Pages /Count 1 /Kids [3 0 R] >>"),
    Buffer.from("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>"),
    Buffer.concat([Buffer.from(head), data, Buffer.from("\nendstream")]),
  ];
  return assemblePdf(objects, "/Root 1 0 R");
}

describe("the parser in a child process", () => {
  it("reads documents and carries typed errors over the border", async () => {
    const parser = open();
    const parsed = await parser.parse({ file, fileName: "a.md" }, call);
    expect(parsed).toMatchObject({ mediaType: "text/markdown", title: "Title", text: "# Title\n\nSome words.\n" });
    const zip = join(folder, "zip");
    await writeFile(zip, writeZip([{ name: "a.txt", content: "inside" }]));
    const refusal = { code: "DOCUMENT_UNSUPPORTED", details: { mediaType: "application/zip" } };
    await expect(parser.parse({ file: zip, fileName: "a.md" }, call)).rejects.toMatchObject(refusal);
    const empty = join(folder, "empty");
    await writeFile(empty, "");
    await expect(parser.parse({ file: empty }, call)).rejects.toMatchObject({ code: "DOCUMENT_EMPTY" });
    const missing = join(folder, "missing");
    await expect(parser.parse({ file: missing }, call)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  it("reads the next document, whatever the last one left behind", async () => {
    const results = await Promise.allSettled(
      ["forsaken", "a.md", "forsaken", "b.md"].map((fileName) => shared.parse({ file, fileName }, call)),
    );
    expect(results.map(({ status }) => status)).toEqual(results.map(() => "fulfilled"));
  });

  it("reads what is urgent beside a document of a lower priority, and what is not after it", async () => {
    const abort = new AbortController();
    const ended: string[] = [];
    const order = (fileName: string, priority: "low" | "normal" | "high", signal = call.signal) =>
      shared.parse({ file, fileName, priority }, { signal }).finally(() => ended.push(fileName));
    const endless = order("loop", "low", abort.signal);
    const waiting = order("low.md", "low");
    await Promise.all([order("normal.md", "normal"), order("high.md", "high")]);
    expect(ended).toHaveLength(2);
    abort.abort(new Error("the upload was cancelled"));
    await expect(endless).rejects.toThrow("cancelled");
    expect(await waiting).toMatchObject({ title: "Title" });
  });

  it("refuses a text above its limit", async () => {
    const parser = open({ textCharactersMax: 10 });
    const refusal = { code: "DOCUMENT_TOO_LARGE", details: { textCharactersMax: 10 } };
    await expect(parser.parse({ file, fileName: "a.txt" }, call)).rejects.toMatchObject(refusal);
  });

  it("gives the child none of its own environment", async () => {
    const names: unknown = await shared.parse({ file, fileName: "environment" }, call);
    expect(names).not.toContain("PATH");
    expect(names).not.toContain("HOME");
  });

  it.each([
    { fault: "loop", code: "PARSER_TIMED_OUT" },
    { fault: "heap", code: "PARSER_OUT_OF_MEMORY" },
    { fault: "buffers", code: "PARSER_OUT_OF_MEMORY" },
    { fault: "exit", code: "PARSER_CRASHED" },
    { fault: "abort", code: "PARSER_CRASHED" },
  ])("survives a document that ends in $code by $fault and reads twenty more", async ({ fault, code }) => {
    const parser = fault === "loop" ? open({ entry: faulty, timeoutMs: 2_000 }) : shared;
    await expect(parser.parse({ file, fileName: fault }, call)).rejects.toMatchObject({ code });
    await expectTwentyDocuments(parser);
  });

  it("survives a PDF of a few kB that inflates to 300 MB, and reads twenty more", async () => {
    const parser = open({ memoryBytesMax: 256 * 2 ** 20, timeoutMs: 120_000 }); // memory is to be the end of it
    const bomb = join(folder, "bomb");
    await writeFile(bomb, pdfBomb(300_000_000));
    await expect(parser.parse({ file: bomb }, call)).rejects.toMatchObject({ code: "PARSER_OUT_OF_MEMORY" });
    await expectTwentyDocuments(parser);
  });

  it("kills a child whose caller gave up in the middle, with the caller's own reason", async () => {
    await expectTwentyDocuments(shared);
    const abort = new AbortController();
    const reason = new Error("the reader left");
    const pending = shared.parse({ file, fileName: "loop" }, { signal: abort.signal });
    setImmediate(() => abort.abort(reason));
    await expect(pending).rejects.toBe(reason);
    await expectTwentyDocuments(shared);
  });

  it("lets a waiting caller leave the line", async () => {
    const parser = open({ entry: faulty, timeoutMs: 500 });
    const first = parser.parse({ file, fileName: "loop" }, call);
    const abort = new AbortController();
    const waiting = parser.parse({ file, fileName: "a.md" }, { signal: abort.signal });
    abort.abort(new Error("left"));
    await expect(waiting).rejects.toThrow("left");
    await expect(parser.parse({ file }, { signal: abort.signal })).rejects.toThrow("left");
    await expect(first).rejects.toMatchObject({ code: "PARSER_TIMED_OUT" });
  });

  it("reads as many at once as it has children, and replaces each after its share of documents", async () => {
    const parser = open({ children: 2, documentsPerChildMax: 5 });
    await expectTwentyDocuments(parser);
  });

  it("ends what is pending when it is closed, twice over", async () => {
    const parser = open({ entry: faulty });
    await parser.parse({ file, fileName: "a.md" }, call);
    const pending = parser.parse({ file, fileName: "loop" }, call);
    const waiting = parser.parse({ file, fileName: "a.md" }, call);
    const outcomes = Promise.allSettled([pending, waiting]);
    await parser[Symbol.asyncDispose]();
    await parser[Symbol.asyncDispose]();
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
