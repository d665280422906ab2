import { createServer } from "node:http";
import { deflateSync } from "node:zlib";
import { expectSoundDocument } from "@larder/testkit";
import type { ParseLimits } from "@larder/text-blocks";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import type { DrawPdfOptions } from "../test/draw-pdf.ts";
import { drawPdf, drawTexts, streamOf } from "../test/draw-pdf.ts";
import { readPdf } from "./index.ts";

const words = drawTexts([{ text: "Words of the page", y: 700 }]);

async function read(pdf: Uint8Array, limits: Partial<ParseLimits> = {}) {
  const parsed = await readPdf(pdf, { limits: { ...defaultParseLimits, ...limits } });
  expectSoundDocument(parsed);
  return parsed;
}

const draw = (content: string | Buffer, options: DrawPdfOptions = {}) => read(drawPdf([content], options));

describe("a damaged PDF", () => {
  it("is read as far as it goes, or refused", async () => {
    const pdf = drawPdf([words, words, words]);
    const half = pdf.slice(0, Math.floor(pdf.length / 2));
    const outcome = await read(half).then(
      ({ text }) => text,
      (error: unknown) => error,
    );
    expect(outcome === "Words of the page" || (outcome as { code?: string }).code === "DOCUMENT_MALFORMED").toBe(true);
    expect((await read(Buffer.concat([pdf, Buffer.alloc(2000, "garbage")]))).pages).toHaveLength(3);
  });

  it("whose content is split within a string of text is whole", async () => {
    const pdf = drawPdf(["BT /F1 10 Tf 72 700 Td [ (Words of"], {
      objects: { 100: streamOf(" the ) (page) ] TJ ET") },
    });
    const joined = Buffer.from(pdf).toString("latin1").replace("/Contents 7 0 R", "/Contents [7 0 R 100 0 R]");
    const { text } = await read(Buffer.from(joined, "latin1"));
    expect(text.replace(/\s+/gu, " ")).toBe("Words of the page");
  });

  it("with a tree of pages that holds itself is refused or read, and ends", async () => {
    const pdf = Buffer.from(drawPdf([words]))
      .toString("latin1")
      .replace("/Kids [6 0 R]", "/Kids [2 0 R]");
    await expect(read(Buffer.from(pdf, "latin1"))).rejects.toMatchObject({ code: "DOCUMENT_MALFORMED" });
  });

  it("that claims more pages than it has is read as it is", async () => {
    const pdf = Buffer.from(drawPdf([words]))
      .toString("latin1")
      .replace("/Count 1", "/Count 50000");
    expect((await read(Buffer.from(pdf, "latin1"))).pages).toHaveLength(1);
  });

  it("with too many pages is refused before any is read", async () => {
    const pdf = drawPdf([words, words, words]);
    await expect(read(pdf, { pagesMax: 2 })).rejects.toMatchObject({
      code: "DOCUMENT_TOO_LARGE",
      details: { setting: "LARDER_PARSE_PAGES_MAX", pages: 3 },
    });
  });
});

describe("a PDF that wants too much", () => {
  it("of text is refused at the limit", async () => {
    const content = `BT /F1 1 Tf 3 0 0 3 72 700 Tm (${"word ".repeat(40_000)}) Tj ET`;
    const pdf = drawPdf([content]);
    const limits = { textCharactersMax: 10_000 };
    await expect(read(pdf, limits)).rejects.toMatchObject({
      code: "DOCUMENT_TOO_LARGE",
      details: { setting: "LARDER_PARSE_TEXT_CHARACTERS_MAX" },
    });
  });

  it("of inflating ends with what the stream held", async () => {
    const data = deflateSync(Buffer.concat([Buffer.from(words), Buffer.alloc(8 * 1024 * 1024, " ")]));
    const options = { objects: { 100: streamOf(data, "/Filter /FlateDecode") } };
    const pdf = Buffer.from(drawPdf([""], options))
      .toString("latin1")
      .replace("/Contents 7 0 R", "/Contents 100 0 R");
    expect((await read(Buffer.from(pdf, "latin1"))).text).toBe("Words of the page");
  });

  it("of filters is read through all fifty", async () => {
    let data = Buffer.from(words);
    for (let filter = 0; filter < 50; filter += 1) data = deflateSync(data);
    const entries = `/Filter [${"/FlateDecode ".repeat(50)}]`;
    const options = { objects: { 100: streamOf(data, entries) } };
    const pdf = Buffer.from(drawPdf([""], options))
      .toString("latin1")
      .replace("/Contents 7 0 R", "/Contents 100 0 R");
    expect((await read(Buffer.from(pdf, "latin1"))).text).toBe("Words of the page");
  });

  it("of pixels gets none of them decoded", async () => {
    const image = "/Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceRGB";
    const pdf = drawPdf([`q 500 0 0 500 50 50 cm /I1 Do Q ${words}`], { objects: { 100: streamOf("abc", image) } });
    const withImage = Buffer.from(pdf)
      .toString("latin1")
      .replace("/Resources <<", "/Resources << /XObject << /I1 100 0 R >>");
    expect((await read(Buffer.from(withImage, "latin1"))).text).toBe("Words of the page");
  });

  it("of saved states and nested forms ends", async () => {
    expect((await draw(`${"q ".repeat(2_000)} ${words}`)).text).toBe("Words of the page");
    const form = streamOf(
      "/X1 Do",
      "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X1 100 0 R >> >>",
    );
    const pdf = Buffer.from(drawPdf([`/X1 Do ${words}`], { objects: { 100: form } }))
      .toString("latin1")
      .replace("/Resources << /Font", "/Resources << /XObject << /X1 100 0 R >> /Font");
    expect((await read(Buffer.from(pdf, "latin1"))).text).toContain("Words of the page");
  });
});

describe("a PDF that wants to act", () => {
  it("runs nothing from a font's matrix", async () => {
    const matrix = "/FontMatrix [1 0 0 1 0 (0\\); globalThis.larderWasHere = true; \\()]";
    const font = `<< /Type /Font /Subtype /Type1 /BaseFont /Evil ${matrix} /FontDescriptor 101 0 R >>`;
    const parsed = await draw(drawTexts([{ text: "Words of the page", y: 700, font: "F4" }]), {
      fonts: "/F4 100 0 R",
      objects: { 100: font, 101: `<< /Type /FontDescriptor /FontName /Evil /Flags 4 ${matrix} >>` },
    });
    expect(parsed.text).toContain("Words");
    expect(globalThis).not.toHaveProperty("larderWasHere");
  });

  it("fetches nothing and runs no script", async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = server.address();
      const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
      const parsed = await draw(words, {
        catalog: `/OpenAction << /S /JavaScript /JS (globalThis.larderWasHere = true) >> /AA << /WC << /S /URI /URI (${url}) >> >>`,
        page: `/AA << /O << /S /URI /URI (${url}) >> >> /Annots [100 0 R]`,
        objects: {
          100: `<< /Type /Annot /Subtype /Link /Rect [0 0 99 99] /A << /S /GoToR /F << /FS /URL /F (${url}) >> >> >>`,
        },
      });
      expect(parsed.text).toBe("Words of the page");
      expect(globalThis).not.toHaveProperty("larderWasHere");
      expect(requests).toBe(0);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe("a PDF that shows one thing and says another", () => {
  it("loses what nobody sees, with a warning", async () => {
    const parsed = await draw(
      drawTexts([
        { text: "What everybody reads", y: 700 },
        { text: "tiny", y: 690, size: 1 },
        { text: "outside", x: 900, y: 680 },
        { text: "hidden", y: 670, state: "3 Tr" },
      ]),
    );
    expect(parsed.text).toBe("What everybody reads");
    expect(parsed.warnings).toEqual([
      { code: "page_text_hidden", message: "17 characters on page 1 that nobody sees are left out" },
    ]);
  });

  it("keeps white letters, with a warning unless they stand on a dark ground", async () => {
    const white = drawTexts([{ text: "white", y: 700, state: "1 1 1 rg" }]);
    const ground = "0 0 0.5 rg 60 690 200 30 re f ";
    expect(await draw(ground + white)).toMatchObject({ text: "white", warnings: [] });
    expect((await draw(white)).warnings).toEqual([
      { code: "page_text_white", message: "5 characters on page 1 are white and may not be seen" },
    ]);
  });

  it("keeps the text recognised in a scan, which is drawn invisibly", async () => {
    const parsed = await draw(drawTexts([{ text: "Recognised words", y: 700, state: "3 Tr" }]));
    expect(parsed).toMatchObject({ text: "Recognised words", warnings: [] });
  });

  it("loses what a font without a map shows, with a warning, and has no text if that is all", async () => {
    const codes = Array.from({ length: 40 }, (_, index) => `00${(index % 20) + 10}`).join("");
    const font = "<< /Type /Font /Subtype /Type0 /BaseFont /Some /Encoding /Identity-H /DescendantFonts [101 0 R] >>";
    const system = "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>";
    const options = {
      fonts: "/F4 100 0 R",
      objects: {
        100: font,
        101: `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Some ${system} /FontDescriptor 102 0 R >>`,
        102: "<< /Type /FontDescriptor /FontName /Some /Flags 4 >>",
      },
    };
    const gibberish = `BT /F4 10 Tf 72 600 Td <${codes}> Tj ET `;
    const parsed = await draw(gibberish + words, options);
    expect(parsed.text).toBe("Words of the page");
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["page_text_unmapped"]);
    await expect(draw(gibberish, options)).rejects.toMatchObject({ code: "DOCUMENT_NO_TEXT" });
  });
});
