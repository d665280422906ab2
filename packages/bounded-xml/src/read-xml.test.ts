import { describe, expect, it } from "vitest";
import type { XmlOptions } from "./read-xml.ts";
import { readXml } from "./read-xml.ts";

async function eventsOf(source: string | Uint8Array, options: Partial<XmlOptions> = {}): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  await readXml(
    typeof source === "string" ? Buffer.from(source) : source,
    {
      open: (name, attributes) => events.push([name, { ...attributes }]),
      text: (text) => events.push(text),
      close: (name) => events.push(`/${name}`),
    },
    { xmlDepthMax: 512, ...options },
  );
  return events;
}

describe("an XML document", () => {
  it("is read as events, with the prefixes of the reader", async () => {
    const xml = `\uFEFF<?xml version="1.0"?>\n<x:p xmlns:x="urn:w" xmlns="urn:o" x:val="1" val='2'><q/>a &lt;&#x41;<![CDATA[<&]]></x:p>`;
    expect(await eventsOf(xml, { prefixes: { "urn:w": "w" } })).toEqual([
      ["w:p", { "?:x": "urn:w", "?:xmlns": "urn:o", "w:val": "1", val: "2" }],
      ["?:q", {}],
      "/?:q",
      "a <A",
      "<&",
      "/w:p",
    ]);
  });

  it.each(["utf16le", "latin1"] as const)("is decoded from %s", async (encoding) => {
    const declared = encoding === "latin1" ? "ISO-8859-1" : "UTF-16";
    const xml = `${encoding === "latin1" ? "" : "\uFEFF"}<?xml version="1.0" encoding="${declared}"?><a>größer</a>`;
    expect(await eventsOf(Buffer.from(xml, encoding))).toContain("größer");
  });

  it.each([
    { what: "entities of its own", xml: `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, problem: "document_type" },
    {
      what: "a file as an entity",
      xml: `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`,
      problem: "document_type",
    },
    {
      what: "an entity of an external file",
      xml: `<!DOCTYPE a SYSTEM "http://127.0.0.1/"><a>&b;</a>`,
      problem: "syntax",
    },
    { what: "an entity named like a method", xml: "<a>&constructor;</a>", problem: "syntax" },
    { what: "an end that is missing", xml: "<a><b>", problem: "syntax" },
    { what: "two attributes of one name", xml: "<a b='1' b='2'/>", problem: "syntax" },
    { what: "no element", xml: "", problem: "syntax" },
    { what: "bytes in no encoding", xml: Buffer.from("3c613eff3c2f613e", "hex"), problem: "encoding" },
    { what: "an unknown encoding", xml: `<?xml version="1.0" encoding="x-none"?><a/>`, problem: "encoding" },
  ])("is refused for $what", async ({ xml, problem }) => {
    await expect(eventsOf(xml)).rejects.toMatchObject({
      code: "DOCUMENT_MALFORMED",
      details: { container: "xml", problem },
    });
  });

  it("is refused above the depth, without a stack that grows", async () => {
    await expect(eventsOf("<a>".repeat(100_000))).rejects.toMatchObject({
      code: "DOCUMENT_TOO_LARGE",
      details: { setting: "LARDER_PARSE_XML_DEPTH_MAX", xmlDepthMax: 512 },
    });
  });

  it("is refused for one attribute, text or comment that is too long", async () => {
    const long = "x".repeat(4_300_000);
    for (const xml of [`<a b="${long}"/>`, `<a>${long}</a>`, `<a><!--${long}--></a>`]) {
      await expect(eventsOf(xml)).rejects.toMatchObject({ code: "DOCUMENT_TOO_LARGE" });
    }
  });

  it("leaves the prototype of objects alone", async () => {
    let found: unknown;
    await readXml(
      Buffer.from(`<a __proto__="x"/>`),
      {
        open: (_, attributes) => {
          found = Object.keys(attributes);
        },
      },
      { xmlDepthMax: 9 },
    );
    expect(found).toEqual(["__proto__"]);
    expect({}).not.toHaveProperty("x");
  });
});
