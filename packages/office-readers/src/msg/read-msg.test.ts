import { expectSoundDocument, writeCompoundFile } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../../test/office-files.ts";
import { createMsgReader } from "./read-msg.ts";

const page = { text: "from the page", mediaType: "text/html", pages: [], warnings: [] };
const read = createMsgReader(() => ({ ...page, blocks: [{ kind: "paragraph", start: 0, end: 13, headings: [] }] }));
const context = { limits: defaultParseLimits };

/** Streams are padded to 4,096 bytes with NUL, as fixed properties and texts here may be. */
const message = (streams: Readonly<Record<string, Buffer>>) =>
  writeCompoundFile({ "__properties_version1.0": properties, ...streams });
const properties = Buffer.alloc(48);
properties.writeUInt32LE(0x00390040, 32);
properties.writeBigUInt64LE(133_485_408_000_000_000n, 40);
const wide = (text: string) => Buffer.from(text, "utf16le");

describe("a mail of Outlook", () => {
  it("has its subject, header and body", async () => {
    const parsed = await read(
      message({
        "__substg1.0_0037001F": wide("The subject"),
        "__substg1.0_0C1A001F": wide("Anna"),
        "__substg1.0_0E04001E": Buffer.from("J\xf6rg", "latin1"),
        "__substg1.0_1000001F": wide("first\r\n\r\nsecond"),
      }),
      context,
    );
    expectSoundDocument(parsed);
    expect(parsed.title).toBe("The subject");
    expect(blocksOf(parsed)).toEqual([
      "heading: The subject @ The subject",
      "paragraph: From: Anna\nTo: Jörg\nDate: 2024-01-01T00:00:00.000Z @ The subject",
      "paragraph: first @ The subject",
      "paragraph: second @ The subject",
    ]);
  });

  it("has narrow texts in its own code page, and in Windows 1252 where that is none that is known", async () => {
    const subject = async (page: number, bytes: readonly number[]) => {
      const numbers = Buffer.alloc(48);
      numbers.writeUInt32LE(0x3ffd0003, 32);
      numbers.writeUInt32LE(page, 40);
      const streams = { "__properties_version1.0": numbers, "__substg1.0_0037001E": Buffer.from(bytes) };
      return (await read(message(streams), context)).title;
    };
    expect(await subject(1251, [0xec, 0xf3, 0xe6])).toBe("муж");
    expect(await subject(936, [0xd6, 0xd0])).toBe("中");
    expect(await subject(932, [0x93, 0xfa])).toBe("日");
    expect(await subject(65001, [0xc3, 0xb6])).toBe("ö");
    expect(await subject(4711, [0xf6, 0x80])).toBe("ö€");
  });

  it("has the page for a body when there is no plain one, and tells of rich text that nobody read", async () => {
    expect((await read(message({ "__substg1.0_10130102": Buffer.from("<p>x") }), context)).text).toContain(
      "from the page",
    );
    const rich = await read(message({ "__substg1.0_10090102": Buffer.from("LZFu") }), context);
    expect(rich.warnings.map(({ code }) => code)).toEqual(["part_not_read"]);
  });
});

it("takes zeros off the end of a text only, however many they are", async () => {
  const zeros = wide(`a${"\0".repeat(20_000)}b\0\0`);
  const { text } = await read(message({ "__substg1.0_1000001F": zeros }), context);
  expect(text.split("\n").at(-1) === `a${"\uFFFD".repeat(20_000)}b`).toBe(true);
});
