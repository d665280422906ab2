import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import type { ObjectStreamPdfOptions } from "../test/draw-object-stream-pdf.ts";
import { drawObjectStreamPdf, objectStream, otherStream } from "../test/draw-object-stream-pdf.ts";
import { drawTexts } from "../test/draw-pdf.ts";
import { readPdf } from "./index.ts";

async function read(options: ObjectStreamPdfOptions = {}): Promise<string> {
  const pdf = drawObjectStreamPdf(drawTexts([{ text: "Words of the page", y: 700 }]), options);
  const parsed = await readPdf(pdf, { limits: defaultParseLimits });
  expectSoundDocument(parsed);
  return parsed.text;
}

describe("a PDF whose objects are in a stream", () => {
  it("is read", async () => {
    expect(await read()).toBe("Words of the page");
  });

  it.each<{ what: string; options: ObjectStreamPdfOptions }>([
    { what: "extends itself", options: { entries: `/Extends ${objectStream} 0 R` } },
    { what: "has its length in itself", options: { length: "20 0 R", inside: { 20: "5000" } } },
  ])("is read when the stream $what", async ({ options }) => {
    expect(await read(options)).toBe("Words of the page");
  });

  it.each<{ what: string; rows: ObjectStreamPdfOptions["rows"] }>([
    { what: "itself", rows: { [objectStream]: [2, objectStream, 0] } },
    {
      what: "another that is in it",
      rows: { [objectStream]: [2, otherStream, 0], [otherStream]: [2, objectStream, 0] },
    },
  ])("is refused when the stream is in $what", async ({ rows }) => {
    await expect(read(rows === undefined ? {} : { rows })).rejects.toMatchObject({ code: "DOCUMENT_MALFORMED" });
  });
});
