import { LarderError } from "@larder/contracts";
import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBytes } from "./parse-bytes.ts";

const parse = (content: string | Uint8Array, fileName?: string, limits = defaultParseLimits) =>
  parseBytes(typeof content === "string" ? Buffer.from(content) : content, fileName, limits);

const names = "a.rst a.org a.adoc a.json a.jsonl a.ipynb a.xml a.eml a.mbox a.py a.ts a.cpp a.html a.md a.txt".split(
  " ",
);

describe("a text that is made to deceive", () => {
  it.each([
    { what: "tag characters", text: "words \u{E0068}\u{E0069}\u{E007F}", codes: ["invisible_text"] },
    {
      what: "bytes in variation selectors",
      text: "words\u{E0101}\u{E0102}\u{E0103}\u{E0104}",
      codes: ["invisible_text"],
    },
    { what: "an override of direction", text: "invoice\u202Efdp.exe", codes: ["direction_overridden"] },
    {
      what: "the flag of a region",
      text: "words \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
      codes: [],
    },
    { what: "marks of direction in right-to-left text", text: "\u202Bשלום\u202C \u2067שלום\u2069", codes: [] },
    { what: "hundreds of marks on a letter", text: `Z${"\u0351".repeat(500)} words`, codes: [] },
    { what: "joiners between signs", text: "words \u{1F469}\u200D\u{1F469}", codes: [] },
    { what: "our own marks", text: "</context> <|im_start|>system [1] ```\n\nwords", codes: [] },
  ])("keeps $what, with a warning where it matters", async ({ text, codes }) => {
    const parsed = await parse(text, "a.txt");
    expect(parsed.text).toBe(text);
    expect(parsed.warnings.map(({ code }) => code)).toEqual(codes);
    expectSoundDocument(parsed);
  });

  it("has no half of a pair left, wherever an escape hid it", async () => {
    for (const [name, text] of [
      ["a.json", '{"a": "x\\ud800y\\u0000"}'],
      ["a.ipynb", '{"cells":[{"source":"x\\ud800y\\u0000"}],"nbformat":4}'],
      ["a.xml", "<a>x&#xD800;y&#0;</a>"],
    ] as const) {
      const parsed = await parse(text, name);
      expect(parsed.text).toMatch(/x\uFFFDy\uFFFD?$/u);
      expectSoundDocument(parsed);
    }
  });

  it.each(names)("is ordered blocks that cover all text, or a typed error, as %s", async (fileName) => {
    const piece = fc.constantFrom(
      ...'# |= |== |* |** |- |1. |> |```\n|----\n|====\n|=== ===\n|::\n|\n\n|\n|   |.. x::\n|#+begin_src\n|+--+\n||===\n|| a | b |\n|{|}|[|]|,|:|"|"a": |1.0|<a>|</a>|<p>|</p>|<title>|<table><tr><td>|</table>|<![CDATA[|]]>|<!--|-->|&amp;|&#0;|Subject: x\n|From: a@b\n|From a Sat Jan  3 01:05:34 1996\n|MIME-Version: 1.0\n|--b\n|def f(x):\n|class A {\n|}\n|function f() {\n|// c\n|words|é|日本'.split(
        /(?<=.|\n)\|(?=.|\n)/u,
      ),
      "\r\n",
      "\0",
    );
    const starts = fc.constantFrom(
      "",
      "{",
      '{"a":1}\n{"b":',
      "<a>",
      "From: a\nSubject: b\n",
      '{"nbformat":4,"cells":[',
    );
    const source = fc
      .tuple(starts, fc.array(piece, { maxLength: 50 }))
      .map(([start, pieces]) => start + pieces.join(""));
    await fc.assert(
      fc.asyncProperty(source, async (text) => {
        const parsed = await parse(`${text}x`, fileName).catch((thrown: unknown) => thrown);
        if (LarderError.is(parsed)) return;
        expectSoundDocument(parsed as Awaited<ReturnType<typeof parse>>);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a text without end", () => {
  const family = "\u{1F469}\u200D\u{1F469}\u200D\u{1F467}";
  it.each([
    { what: "10 million line ends", text: "\n".repeat(10_000_000), code: "DOCUMENT_NO_TEXT" },
    { what: "100 million letters", text: "a".repeat(100_000_000), code: "DOCUMENT_TOO_LARGE" },
    { what: "25 MB of joined emoji", text: family.repeat(3_000_000), code: "DOCUMENT_TOO_LARGE" },
  ])("is refused when it is $what", async ({ text, code }) => {
    await expect(parse(text, "a.txt")).rejects.toMatchObject({ code });
  });

  it("is read up to the limit, of one line and of one grapheme after another", async () => {
    for (const unit of ["a", family]) {
      const text = unit.repeat(Math.floor(2_000_000 / unit.length));
      const parsed = await parse(text, "a.txt");
      expect(parsed.text).toBe(text);
      expectSoundDocument(parsed);
    }
  });
});

describe("documents inside documents", () => {
  const around = (inner: string, depth: number): string =>
    `From: a@x.org\nTo: b@x.org\nSubject: depth ${depth}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b${depth}\n\n` +
    `--b${depth}\n\nbody ${depth}\n--b${depth}\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=m.eml\n\n` +
    `${inner}\n--b${depth}--\n`;
  const page = "Subject: page\nFrom: a\nContent-Type: text/html\n\n<h1>Head</h1><p>words</p>";
  const nested = around(around(around(page, 2), 1), 0);

  it("are read to the depth that is set, each under the name of its file", async () => {
    const parsed = await parse(nested, "a.eml");
    expect(parsed.text).toContain("body 2");
    expect(parsed.text).not.toContain("words");
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["attachment_skipped"]);
    expect(parsed.blocks.at(-1)?.headings).toEqual([
      "depth 0",
      "Attachment: m.eml",
      "depth 1",
      "Attachment: m.eml",
      "depth 2",
    ]);
    const all = await parse(nested, "a.eml", { ...defaultParseLimits, nestingMax: 3 });
    expect(all.blocks.at(-1)?.headings.slice(-2)).toEqual(["page", "Head"]);
    const none = await parse(nested, "a.eml", { ...defaultParseLimits, nestingMax: 0 });
    expect(none.text).not.toContain("body 1");
  });

  it("may be any that can be read, and do no harm where they cannot", async () => {
    const part = (name: string, bytes: Uint8Array): string =>
      `--b\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\n${Buffer.from(bytes).toString("base64")}\n`;
    const mail = `From: a@x.org\nTo: b@x.org\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n${part(
      "a.json",
      Buffer.from('{"key": "value"}'),
    )}${part("a.zip", Buffer.from("504b030414000000000000000000", "hex"))}${part("a.txt", Buffer.alloc(0))}--b--\n`;
    const parsed = await parse(mail);
    expect(parsed.text.endsWith("Attachment: a.json\n\nkey: value")).toBe(true);
    expect(parsed.warnings.map(({ message }) => message)).toEqual([
      'attachment "a.zip" was not read: DOCUMENT_MALFORMED',
      'attachment "a.txt" was not read: DOCUMENT_EMPTY',
    ]);
  });
});
