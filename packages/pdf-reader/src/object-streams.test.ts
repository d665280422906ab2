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

  it("is read when the stream extends itself", async () => {
    expect(await read({ entries: `/Extends ${objectStream} 0 R` })).toBe("Words of the page");
  });

  // Whether the library's search for lost objects succeeds has differed between machines; that it ends must not.
  it.each<{ what: string; options: ObjectStreamPdfOptions }>([
    { what: "has its length in itself", options: { length: "20 0 R", inside: { 20: "5000" } } },
    { what: "is in itself", options: { rows: { [objectStream]: [2, objectStream, 0] } } },
    {
      what: "is in another that is in it",
      options: { rows: { [objectStream]: [2, otherStream, 0], [otherStream]: [2, objectStream, 0] } },
    },
  ])("is read to the last word or refused when the stream $what", async ({ options }) => {
    const outcome = await read(options).catch((thrown) => thrown.code);
    expect(["Words of the page", "DOCUMENT_MALFORMED"]).toContain(outcome);
  });
});
