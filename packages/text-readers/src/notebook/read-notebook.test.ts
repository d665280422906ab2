import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readNotebook } from "./read-notebook.ts";

const parse = (notebook: unknown) => readNotebook(JSON.stringify(notebook), { limits: defaultParseLimits });

describe("the text of a notebook", () => {
  it("is Markdown: texts as they are, code and what it printed in fences", () => {
    const parsed = parse({
      nbformat: 4,
      metadata: { title: "T", language_info: { name: "python" } },
      cells: [
        { cell_type: "markdown", source: ["# Head\n", "words"] },
        {
          cell_type: "code",
          source: "print('```')",
          outputs: [
            { output_type: "stream", text: ["\u001B[31m```\u001B[0m\n"] },
            { output_type: "display_data", data: { "image/png": "AAAA" } },
            { output_type: "execute_result", data: { "text/plain": "42", "text/html": "<b>42</b>" } },
            { output_type: "error", ename: "KeyError", evalue: "'x'", traceback: ["no"] },
          ],
        },
        { cell_type: "code", source: "", outputs: [] },
      ],
    });
    expect(parsed.title).toBe("T");
    expect(parsed.text).toBe(
      "# Head\nwords\n\n````python\nprint('```')\n````\n\n````\n```\n````\n\n```\n42\n```\n\n```\nKeyError: 'x'\n```",
    );
    expect(parsed.blocks.map(({ kind, headings }) => [kind, headings[0]])).toEqual([
      ["heading", "Head"],
      ["paragraph", "Head"],
      ["code", "Head"],
      ["code", "Head"],
      ["code", "Head"],
      ["code", "Head"],
    ]);
    expectSoundDocument(parsed);
  });

  it("reads the format's older version and odd shapes", () => {
    expect(parse({ worksheets: [{ cells: [{ cell_type: "code", input: "x = 1" }] }] }).text).toBe("```\nx = 1\n```");
    expect(parse({ cells: [null, 3, { source: { a: 1 } }, { cell_type: "raw", source: "raw\0" }] }).text).toBe(
      "raw\uFFFD",
    );
    expect(parse({ cells: "none" }).text).toBe("");
  });

  it("refuses what is not JSON, and texts above the limit", () => {
    const limits = { ...defaultParseLimits, textCharactersMax: 100 };
    expect(() => readNotebook("{", { limits })).toThrow(expect.objectContaining({ code: "DOCUMENT_MALFORMED" }));
    const long = JSON.stringify({ cells: [{ cell_type: "raw", source: "a".repeat(101) }] });
    expect(() => readNotebook(long, { limits })).toThrow(expect.objectContaining({ code: "DOCUMENT_TOO_LARGE" }));
  });
});
