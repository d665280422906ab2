import { expectSoundDocument, writeCompoundFile } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { writeDoc, writePpt } from "../test/legacy-files.ts";
import { blocksOf } from "../test/office-files.ts";
import { readDoc } from "./doc/read-doc.ts";
import { readPpt } from "./ppt/read-ppt.ts";

const context = { limits: defaultParseLimits };

describe("an old Word document", () => {
  it("is read over its pieces, without field codes and with the letters of Windows", () => {
    const parsed = readDoc(
      writeDoc([
        { text: 'One it\x92s \x13 HYPERLINK "http://127.0.0.1" \x14a link\x15 and\x0bmore' },
        { text: " größer – 東京\rTwo\tend\x01\r", isWide: true },
      ]),
      context,
    );
    expectSoundDocument(parsed);
    expect(blocksOf(parsed)).toEqual(["paragraph: One it’s a link and\nmore größer – 東京", "paragraph: Two\tend"]);
  });

  it("is refused with a password, without its streams and above the limit of text", () => {
    expect(() => readDoc(writeDoc([{ text: "x\r" }], 0x100), context)).toThrow(
      expect.objectContaining({ code: "DOCUMENT_ENCRYPTED" }),
    );
    expect(() => readDoc(writeCompoundFile({ a: Buffer.from("x") }), context)).toThrow(
      expect.objectContaining({ code: "DOCUMENT_MALFORMED" }),
    );
    const limits = { ...defaultParseLimits, textCharactersMax: 10 };
    expect(() => readDoc(writeDoc([{ text: "01234567890\r" }]), { limits })).toThrow(
      expect.objectContaining({ code: "DOCUMENT_TOO_LARGE" }),
    );
  });
});

describe("an old presentation", () => {
  it("has a page for each slide, with its title from the outline", () => {
    const parsed = readPpt(writePpt("The title", "words\rmore"), context);
    expectSoundDocument(parsed);
    expect(blocksOf(parsed)).toEqual([
      "heading: The title @ The title",
      "paragraph: words @ The title",
      "paragraph: more @ The title",
    ]);
    expect(parsed.pages).toHaveLength(1);
  });

  it("is refused with a password", () => {
    expect(() => readPpt(writePpt("a", "b", 0xf3d1c4df), context)).toThrow(
      expect.objectContaining({ code: "DOCUMENT_ENCRYPTED" }),
    );
  });
});

it.each([
  { what: "Word document", whole: writeDoc([{ text: "some text\r" }]), read: readDoc },
  { what: "presentation", whole: writePpt("The title", "words"), read: readPpt },
])("an old $what is read or refused with an error of ours, whichever byte is changed", ({ whole, read }) => {
  for (let at = 0; at < whole.length; at += 1) {
    if (at >= 1_536 && whole[at] === 0) continue; // padding
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 0xff;
    expect(outcomeOf(() => read(changed, context))).toMatch(/^(?:read|DOCUMENT_[A-Z_]+)$/u);
  }
});

function outcomeOf(read: () => unknown): string {
  try {
    read();
    return "read";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
