import { LarderError } from "@larder/contracts";
import { expectSoundDocument, writeCompoundFile, writePdf, writeZip } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { parseBytes } from "./parse-bytes.ts";

const parse = (content: string | Uint8Array, fileName?: string) =>
  parseBytes(typeof content === "string" ? Buffer.from(content) : content, fileName, defaultParseLimits);

describe("the type of a document", () => {
  it.each([
    { what: "a page by its doctype", content: "<!DOCTYPE html><p>Hello</p>", mediaType: "text/html" },
    {
      what: "a page behind a comment, whatever its name",
      content: "<!-- x -->\n<html><p>a",
      name: "a.txt",
      mediaType: "text/html",
    },
    { what: "a fragment by its name", content: "just <b>bold</b>", name: "a.htm", mediaType: "text/html" },
    { what: "Markdown by its name", content: "plain words", name: "README.MD", mediaType: "text/markdown" },
    { what: "Markdown by its marks", content: "# One\n\n- a\n- b\n\n[x](y)", mediaType: "text/markdown" },
    { what: "a script as text", content: "#!/bin/sh\n# comment\necho", name: "run.sh", mediaType: "text/plain" },
    { what: "text that begins with a magic number", content: "BM is a company", mediaType: "text/plain" },
    { what: "RTF whatever its name", content: "{\\rtf1 hello}", name: "a.txt", mediaType: "application/rtf" },
    { what: "a table by its cells", content: "a,b,c\n1,2,3\n4,5,6\n", name: "a.txt", mediaType: "text/csv" },
    { what: "a table by its name", content: "a\tb\n1\t2\n", name: "a.tsv", mediaType: "text/tab-separated-values" },
    { what: "text about PDF", content: "A file starts with %PDF-1.7", mediaType: "text/plain" },
    { what: "text with NUL characters", content: "a\0b words", mediaType: "text/plain" },
  ])("is found for $what", async ({ content, name, mediaType }) => {
    expect((await parse(content, name)).mediaType).toBe(mediaType);
  });

  it.each([
    { what: "a zip", content: writeZip([{ name: "a.xyz", content: "x" }]), mediaType: "application/zip" },
    { what: "a PNG", content: Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), mediaType: "image/png" },
    {
      what: "the first six bytes of a PNG",
      content: Buffer.from("89504e470d0a", "hex"),
      name: "a.txt",
      mediaType: "application/octet-stream",
    },
    {
      what: "control characters that are called a text",
      content: Buffer.from(Array.from({ length: 300 }, (_, i) => 1 + (i % 8))),
      name: "notes.txt",
      mediaType: "application/octet-stream",
    },
    {
      what: "bytes that are no text in any encoding",
      content: Buffer.from(Array.from({ length: 600 }, (_, i) => 0x80 + ((i * 37) % 33))),
      name: "notes.md",
      mediaType: "application/octet-stream",
    },
    {
      what: "bytes of no known kind",
      content: Buffer.from("00010203fffe0405060708", "hex"),
      mediaType: "application/octet-stream",
    },
  ])("is refused for $what", async ({ content, name, mediaType }) => {
    await expect(parse(content, name ?? "a.txt.bin")).rejects.toMatchObject({
      code: "DOCUMENT_UNSUPPORTED",
      details: { mediaType },
    });
  });

  it.each([
    {
      what: "a Word document by its main part, whatever its name",
      content: writeZip([
        { name: "[Content_Types].xml", content: `<a b="application/vnd.ms-word.document.macroEnabled.main+xml"/>` },
        { name: "word/vbaProject.bin", content: "macros" },
        {
          name: "word/document.xml",
          content: `<d xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:t>a</w:t></w:r></w:p></d>`,
        },
      ]),
      mediaType: "application/vnd.ms-word.document.macroEnabled.12",
    },
    {
      what: "an OpenDocument text by its first entry",
      content: writeZip([
        { name: "mimetype", content: "application/vnd.oasis.opendocument.text", isDeflated: false },
        {
          name: "content.xml",
          content: `<d xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:p>a</text:p></d>`,
        },
      ]),
      mediaType: "application/vnd.oasis.opendocument.text",
    },
  ])("is found for $what", async ({ content, mediaType }) => {
    expect(await parse(content, "a.txt")).toMatchObject({ text: "a", mediaType });
  });

  it("is one type for a file that is two, by what it begins with", async () => {
    const pdf = writePdf([[{ text: "Words of the page", y: 700 }]]);
    const inside = [{ name: "a.pdf", content: pdf, isDeflated: false }];
    const page = "<html><body>Words of the site</body></html>";
    const isPdf = { mediaType: "application/pdf", text: "Words of the page" };
    expect(await parse(Buffer.concat([pdf, writeZip([{ name: "a.txt", content: "inside" }])]))).toMatchObject(isPdf);
    expect(await parse(Buffer.concat([pdf, Buffer.from(page)]), "a.html")).toMatchObject(isPdf);
    const zip = { code: "DOCUMENT_UNSUPPORTED", details: { mediaType: "application/zip" } };
    await expect(parse(writeZip(inside), "a.pdf")).rejects.toMatchObject(zip); // its PDF begins at byte 35
    const isPage = { mediaType: "text/html", text: expect.stringContaining("Words of the site") };
    expect(await parse(Buffer.concat([Buffer.from(page), pdf]), "a.html")).toMatchObject(isPage);
  });

  it.each([
    {
      what: "a zip that is cut",
      content: writeZip([{ name: "a", content: "x" }]).subarray(0, 40),
      code: "DOCUMENT_MALFORMED",
    },
    {
      what: "a zip bomb",
      content: writeZip([{ name: "word/document.xml", content: `<d>${" ".repeat(3 * 2 ** 20)}</d>` }]),
      code: "DOCUMENT_TOO_LARGE",
    },
    {
      what: "a document inside a password",
      content: writeCompoundFile({ EncryptedPackage: Buffer.from("x"), EncryptionInfo: Buffer.from("y") }),
      code: "DOCUMENT_ENCRYPTED",
    },
    {
      what: "an old file that claims to be new",
      content: writeCompoundFile({ WordDocument: Buffer.from("x") }),
      code: "DOCUMENT_MALFORMED",
    },
  ])("is refused for $what", async ({ content, code }) => {
    await expect(parse(content, "a.docx")).rejects.toMatchObject({ code });
  });

  it("says what to convert a document to that nobody reads", async () => {
    await expect(parse(writeCompoundFile({ VisioDocument: Buffer.from("x") }))).rejects.toMatchObject({
      details: { mediaType: "application/vnd.visio", convertTo: ".pdf" },
    });
  });

  it("is refused for no bytes at all and for no visible character", async () => {
    await expect(parse("")).rejects.toMatchObject({ code: "DOCUMENT_EMPTY" });
    for (const content of [" \n\t", "\uFEFF", "\u200B\u200D", "<html><body><script>x</script>"]) {
      await expect(parse(content)).rejects.toMatchObject({ code: "DOCUMENT_NO_TEXT" });
    }
  });
});

describe("the encoding of a text", () => {
  const sentence = "Die Straße führt über größere Hügel, und das Mädchen hört die Vögel. ";
  it.each(["utf8", "utf-16le", "utf-16be", "utf-32le"])("is told by the byte order mark of %s", async (encoding) => {
    const parsed = await parse(iconv.encode(sentence, encoding, { addBOM: true }), "a.txt");
    expect(parsed).toMatchObject({ text: sentence, warnings: [] });
  });

  it.each([
    { encoding: "windows-1252", text: sentence.repeat(5) },
    { encoding: "utf-16le", text: sentence },
    { encoding: "windows-1251", text: "Быстрая коричневая лиса прыгает через ленивую собаку у реки. ".repeat(5) },
    { encoding: "shift_jis", text: "日本語の文章はここにあります。これは試験のための文章です。".repeat(5) },
    { encoding: "gb18030", text: "这是一个用来测试编码识别的中文句子，里面有很多常用的汉字。".repeat(5) },
  ])("is found for $encoding without a mark", async ({ encoding, text }) => {
    expect((await parse(iconv.encode(text, encoding), "a.txt")).text).toBe(text);
  });

  it("is UTF-8 with a warning when one byte of many is damaged", async () => {
    const bytes = Buffer.concat([Buffer.from(sentence.repeat(20)), Buffer.from([0xff])]);
    const parsed = await parse(bytes, "a.txt");
    expect(parsed.text).toBe(`${sentence.repeat(20)}\uFFFD`);
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["characters_replaced"]);
  });

  it("is what a web page declares", async () => {
    const page = "<html><head><meta charset=iso-8859-2></head><body>Łódź</body></html>";
    expect((await parse(iconv.encode(page, "iso-8859-2"))).text).toBe("Łódź");
  });

  it("leaves no carriage return, NUL or half of a pair", async () => {
    const parsed = await parse("one\r\ntwo\rthree\0", "a.txt");
    expect(parsed.text).toBe("one\ntwo\nthree\uFFFD");
    const halves = await parse(iconv.encode("\uFEFFa \uD800 b", "utf-16le"), "a.txt");
    expect(halves.text).toBe("a \uFFFD b");
  });
});

describe("every parser", () => {
  const piece = fc.constantFrom(
    ..."# |## |- |1. |> |```|\n|\n\n|    || a | b |\n|---|---|\n|===|\t|<p>|<table>|<tr><td>|</td></tr>|</table>|<li>|<ul>|</ul>|<pre>|</p>|<h2>|</h2>|<div hidden>|</div>|<br>|<main>|<nav>|&amp;|&#0;|words|word|é|日本|\u{1F469}\u200D\u{1F469}|[a](b)|[a]: b|*|\\|<!--|-->|---\n|title: x\n".split(
      /(?<=.)\|(?=.)/u,
    ),
    "\r\n",
    "\0",
    "\uD800",
  );
  const source = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));

  it.each(["a.txt", "a.md", "a.html"])("gives ordered blocks that cover all text of any %s", async (fileName) => {
    await fc.assert(
      fc.asyncProperty(source, async (text) => {
        const parsed = await parse(`x${text}`, fileName).catch((thrown: unknown) => thrown);
        if (LarderError.is(parsed)) return;
        expectSoundDocument(parsed as Awaited<ReturnType<typeof parse>>);
      }),
      { numRuns: 300 },
    );
  });

  it("answers any bytes with a document or a typed error", async () => {
    const prefixes = ["", "%PDF-1.7\n", "<html>", "\xFF\xFE", "\xEF\xBB\xBF", "PK\x03\x04"];
    const bytes = fc.tuple(
      fc.constantFrom(...prefixes),
      fc.uint8Array({ maxLength: 600 }),
      fc.constantFrom("a.md", "a.html", undefined),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async ([prefix, rest, fileName]) => {
        try {
          expectSoundDocument(await parse(Buffer.concat([Buffer.from(prefix, "latin1"), rest]), fileName));
        } catch (thrown) {
          if (!LarderError.is(thrown)) throw thrown;
        }
      }),
      { numRuns: 300 },
    );
  });

  it("answers any damage to a PDF with a document or a typed error", async () => {
    const pdf = writePdf([[{ text: "Hello there", y: 700 }], [{ text: "World of pages", y: 700 }]]);
    await fc.assert(
      fc.asyncProperty(fc.nat(pdf.length - 1), fc.nat(255), fc.boolean(), async (at, byte, isCut) => {
        const damaged = isCut ? pdf.slice(0, at) : Uint8Array.from(pdf);
        if (!isCut) damaged[at] = byte;
        try {
          expectSoundDocument(await parse(damaged));
        } catch (thrown) {
          if (!LarderError.is(thrown)) throw thrown;
        }
      }),
      { numRuns: 100 },
    );
  });
});
