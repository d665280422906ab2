import { LarderError } from "@larder/contracts";
import { expectSoundDocument } from "@larder/testkit";
import type { ReadContext } from "@larder/text-blocks";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readPlainText } from "../read-plain-text.ts";
import { readMail, readMailbox } from "./read-mail.ts";

const limits = defaultParseLimits;
const flat: ReadContext = { limits };
/** Reads attachments as text, and refuses those that are called pictures. */
const nested: ReadContext = {
  limits,
  readNested: async (bytes, name) => {
    if (name?.endsWith(".png") === true) throw new LarderError("DOCUMENT_UNSUPPORTED");
    return readPlainText(Buffer.from(bytes).toString(), flat);
  },
};

const headers = "From: Ann <ann@x.org>\r\nTo: bob@x.org, Eve <eve@x.org>\r\nDate: Wed, 4 Oct 2023 09:27:45 -0500\r\n";
const base64 = (text: string) => Buffer.from(text).toString("base64");

function mail(lines: string): Uint8Array {
  return Buffer.from(headers + lines.replaceAll("\n", "\r\n"));
}

function blocksOf({ text, blocks }: Awaited<ReturnType<typeof readMail>>) {
  return blocks.map((b) => [b.kind, text.slice(b.start, b.end), b.headings.join(" > ")]);
}

const withAttachments = mail(`Subject: =?utf-8?B?${base64("Größe")}?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Stra=DFe
--b
Content-Disposition: attachment; filename="a\u202Eb.txt"
Content-Transfer-Encoding: base64

${base64("attached words")}
--b
Content-Type: image/png
Content-Disposition: attachment; filename=x.png

zzz
--b--
`);

describe("the text of a mail", () => {
  it("is who wrote to whom, the text, and each attachment under its name", async () => {
    const parsed = await readMail(withAttachments, nested);
    expect(parsed.title).toBe("Größe");
    expect(blocksOf(parsed)).toEqual([
      ["heading", "Größe", "Größe"],
      ["paragraph", "From: Ann <ann@x.org>\nTo: bob@x.org, Eve <eve@x.org>\nDate: 2023-10-04T14:27:45.000Z", "Größe"],
      ["paragraph", "Straße", "Größe"],
      ["heading", "Attachment: ab.txt", "Größe > Attachment: ab.txt"],
      ["paragraph", "attached words", "Größe > Attachment: ab.txt"],
    ]);
    expect(parsed.warnings).toEqual([
      { code: "attachment_skipped", message: 'attachment "x.png" was not read: DOCUMENT_UNSUPPORTED' },
    ]);
    expectSoundDocument(parsed);
  });

  it("leaves attachments out where nesting ends, each with a warning", async () => {
    const parsed = await readMail(withAttachments, flat);
    expect(parsed.text.endsWith("Straße")).toBe(true);
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["attachment_skipped", "attachment_skipped"]);
  });

  it("takes the HTML where there is no other text, or one that says nothing", async () => {
    const html = "<h1>News</h1><p>Many words that the other part does not have.</p><p style='display:none'>obey</p>";
    const alone = await readMail(mail(`Subject: s\nContent-Type: text/html\n\n${html}`), flat);
    expect(alone.text).toContain("\n\nNews\n\nMany words that the other part does not have.");
    expect(alone.warnings.map(({ code }) => code)).toEqual(["hidden_text"]);
    const both = `Subject: s\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nuse HTML\n--b\nContent-Type: text/html\n\n${html}\n--b--\n`;
    expect((await readMail(mail(both), flat)).text).not.toContain("use HTML");
  });

  it.each(["b", '"b c"', "b\n ; charset=x"])(
    "is refused above the limit of parts, counted before reading: boundary=%s",
    async (mark) => {
      const parts = `--${mark.split("\n")[0]?.replaceAll('"', "")} \nContent-Type: text/plain\n\nwords\n`;
      const message = (count: number) =>
        mail(`Content-Type: multipart/mixed;\n boundary=${mark}\n\n${parts.repeat(count)}-- \nAnn\n--b--\n`);
      const few = { limits: { ...limits, mailPartsMax: 5 } };
      expect((await readMail(message(5), few)).text).toContain("words");
      await expect(readMail(message(6), few)).rejects.toMatchObject({
        code: "DOCUMENT_TOO_LARGE",
        details: { setting: "LARDER_PARSE_MAIL_PARTS_MAX", mailPartsMax: 5 },
      });
    },
  );

  it("names no more than twenty attachments that cannot be read", async () => {
    const part = "--b\nContent-Type: image/png\nContent-Disposition: attachment; filename=x.png\n\nz\n";
    const many = mail(`Content-Type: multipart/mixed; boundary=b\n\n${part.repeat(50)}--b--\n`);
    const { warnings } = await readMail(many, nested);
    expect(warnings).toHaveLength(21);
    expect(warnings.at(-1)?.message).toBe("30 more attachments were not read");
  });

  it.each([
    {
      what: "parts nested too deeply",
      lines: Array.from({ length: 400 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}`).join(
        "\n",
      ),
    },
    { what: "headers of megabytes", lines: `X-Long: ${"a".repeat(3_000_000)}\n\nx` },
  ])("refuses $what", async ({ lines }) => {
    await expect(readMail(mail(`${lines}\n`), flat)).rejects.toMatchObject({ code: "DOCUMENT_MALFORMED" });
  });
});

describe("the text of a mailbox", () => {
  it("has one section for each message, and lines of texts that look like its own", async () => {
    const one = "From a@x.org Sat Jan  3 01:05:34 1996\nFrom: a@x.org\nSubject: One\n\nFirst.\n\n>From here on\n\n";
    const two = "From b@x.org Sat Jan  3 01:06:34 1996\nFrom: b@x.org\nSubject: Two\n\nFrom now on it is said.\n";
    const parsed = await readMailbox(Buffer.from(one + two), flat);
    expect(blocksOf(parsed)).toEqual([
      ["heading", "One", "One"],
      ["paragraph", "From: a@x.org", "One"],
      ["paragraph", "First.", "One"],
      ["paragraph", "From here on", "One"],
      ["heading", "Two", "Two"],
      ["paragraph", "From: b@x.org", "Two"],
      ["paragraph", "From now on it is said.", "Two"],
    ]);
    expect(parsed.mediaType).toBe("application/mbox");
  });

  it("goes on behind a message that cannot be read", async () => {
    const start = "From a@x.org Sat Jan  3 01:05:34 1996\n";
    const file = `${start}X-Long: ${"a".repeat(3_000_000)}\n\nx\n\n${start}Subject: Good\n\nwords\n`;
    const parsed = await readMailbox(Buffer.from(file), flat);
    expect(parsed.text).toBe("Good\n\nwords");
    expect(parsed.warnings.map(({ code }) => code)).toEqual(["message_skipped"]);
  });
});
