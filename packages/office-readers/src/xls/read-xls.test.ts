import { LarderError } from "@larder/contracts";
import { expectSoundDocument, writeCompoundFile } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readXls } from "./read-xls.ts";

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, 2 * i);
  return bytes;
};
const record = (id: number, ...data: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(data);
  return Buffer.concat([words(id, body.length), body]);
};
const narrow = (text: string): Buffer =>
  Buffer.concat([words(text.length), Buffer.from([0]), Buffer.from(text, "latin1")]);
const wide = (text: string): Buffer =>
  Buffer.concat([words(text.length), Buffer.from([1]), Buffer.from(text, "utf16le")]);
const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};
const begin = (version = 0x0600): Buffer => record(0x0809, words(version, 5, 0, 0, 0, 0, 0, 0));
const end = record(0x0a);

/** The second text is cut inside, and goes on in wide characters. */
const strings = Buffer.concat([
  record(0xfc, words(2, 0, 2, 0), narrow("Name"), words(4), Buffer.from([0]), Buffer.from("Gr")),
  record(0x3c, Buffer.from([1]), Buffer.from("öß", "utf16le")),
]);

function workbook(cells: readonly Buffer[], { version = 0x0600, extra = [] as readonly Buffer[] } = {}): Uint8Array {
  const globals = (offset: number): Buffer =>
    Buffer.concat([
      begin(version),
      ...extra,
      record(0x041e, words(170), narrow("yyyy\\-mm")),
      record(0xe0, words(0, 0)),
      record(0xe0, words(0, 14)),
      record(0xe0, words(0, 170)),
      record(0x85, words(offset & 0xffff, offset >>> 16), Buffer.from([1, 0, 4, 0]), Buffer.from("Data")),
      strings,
      end,
    ]);
  const sheet = Buffer.concat([begin(version), ...cells, end]);
  return writeCompoundFile({ Workbook: Buffer.concat([globals(globals(0).length), sheet]) });
}

const read = (bytes: Uint8Array) => {
  const parsed = readXls(bytes, { limits: defaultParseLimits });
  expectSoundDocument(parsed);
  return parsed;
};

const everyKind = [
  record(0xfd, words(0, 0, 0, 0, 0)),
  record(0xfd, words(0, 1, 0, 1, 0)),
  record(0x0204, words(0, 2, 0), wide("Tag")),
  record(0x0203, words(1, 0, 1), double(45_322)),
  record(0x027e, words(1, 1, 0), words(((5 << 2) | 2) & 0xffff, 0)),
  record(0x0205, words(1, 2, 0), Buffer.from([1, 0])),
  record(0xbd, words(2, 0), words(0, (150 << 2) | 3, 0), words(0, 0, 0x3ff0), words(1)),
  record(0x06, words(2, 2, 0), Buffer.from([0, 0, 0, 0, 0, 0, 0xff, 0xff]), Buffer.alloc(6)),
  record(0x0207, narrow("made")),
  record(0x06, words(3, 0, 2), double(45_322), Buffer.alloc(6)),
  record(0x06, words(3, 1, 0), Buffer.from([2, 0, 7, 0, 0, 0, 0xff, 0xff]), Buffer.alloc(6)),
  record(0x0205, words(3, 2, 0), Buffer.from([0x2a, 1])),
];

describe("a workbook of Excel 97 to 2003", () => {
  it("shows every kind of cell", () => {
    const parsed = read(workbook(everyKind));
    expect(parsed.text.split("\n").slice(2)).toEqual([
      "| Name | Größ | Tag |",
      "| --- | --- | --- |",
      "| 2024-01-31 | 5 | TRUE |",
      "| 1.5 | 1 | made |",
      "| 2024-01-31 | #DIV/0! | #N/A |",
    ]);
    expect(parsed.blocks.at(-1)?.columns).toEqual(["Name", "Größ", "Tag"]);
    expect(parsed.warnings).toMatchObject([{ code: "sheet_hidden" }]);
  });

  it("passes over the chart inside a sheet and repeats merged cells", () => {
    const chart = [begin(), record(0x0204, words(9, 9, 0), narrow("chart")), end];
    const cells = [record(0x0204, words(0, 0, 0), narrow("both")), record(0x0204, words(0, 2, 0), narrow("c"))];
    expect(read(workbook([...chart, ...cells, record(0xe5, words(1, 0, 0, 0, 1))])).text).toBe(
      "Data\n\n| both | both | c |\n| --- | --- | --- |",
    );
  });

  it("is refused with a password, from before 1997, and damaged", () => {
    const refusal = (bytes: Uint8Array): unknown => {
      try {
        return read(bytes);
      } catch (thrown) {
        return LarderError.is(thrown) ? thrown.code : thrown;
      }
    };
    expect(refusal(workbook([], { extra: [record(0x2f, words(1))] }))).toBe("DOCUMENT_ENCRYPTED");
    expect(refusal(workbook([], { version: 0x0500 }))).toBe("DOCUMENT_UNSUPPORTED");
    expect(refusal(writeCompoundFile({ Workbook: Buffer.from("x") }))).toBe("DOCUMENT_MALFORMED");
    expect(refusal(writeCompoundFile({ Other: Buffer.from("x") }))).toBe("DOCUMENT_MALFORMED");
  });

  it("answers any damage with a document or a typed error", () => {
    const whole = workbook(everyKind);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = byte;
        try {
          read(damaged);
        } catch (thrown) {
          if (!LarderError.is(thrown)) throw thrown;
        }
      }),
      { numRuns: 500 },
    );
  });
});
