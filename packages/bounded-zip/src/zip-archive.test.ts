import { writeZip } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { openZip } from "./zip-archive.ts";

const limits = { archiveEntriesMax: 10_000, inflatedBytesMax: 200_000_000, inflatedRatioMax: 200 };
const megabyte = 1024 * 1024;

async function readAll(bytes: Uint8Array, over: Partial<typeof limits> = {}): Promise<Record<string, string>> {
  const archive = openZip(bytes, { ...limits, ...over });
  const contents: Record<string, string> = {};
  for (const entry of archive.entries) contents[entry.name] = Buffer.from(await archive.read(entry)).toString();
  return contents;
}

describe("an archive", () => {
  it.each([
    { what: "deflated and stored entries", entries: [{ isDeflated: true }, { isDeflated: false }] },
    { what: "entries whose sizes follow their data", entries: [{ hasDescriptor: true }, { hasDescriptor: true }] },
    { what: "ZIP64 sizes", entries: [{ isZip64: true }, {}] },
    { what: "a damaged field of NTFS times", entries: [{ extra: Buffer.from("0a00ffff00", "hex") }, {}] },
    {
      what: "a damaged field before ZIP64 sizes",
      entries: [{ extra: Buffer.from("0a000100aa", "hex"), isZip64: true }, {}],
    },
  ])("is read with $what", async ({ entries }) => {
    const bytes = writeZip(entries.map((entry, i) => ({ name: `d/${i}.txt`, content: `text ${i}`, ...entry })));
    expect(await readAll(bytes)).toEqual({ "d/0.txt": "text 0", "d/1.txt": "text 1" });
  });

  it("is read behind a comment and with a folder, names as UTF-8 and as code page 437", async () => {
    const bytes = writeZip([{ name: "d/" }, { name: "d\\größe" }, { name: "xx" }], "PK\u0005 a comment");
    const old = Buffer.from(bytes.toString("latin1").replaceAll("xx", "\x81\xe1"), "latin1");
    const { entries } = openZip(old, limits);
    expect(entries.map(({ name, isFolder }) => [name, isFolder])).toEqual([
      ["d/", true],
      ["d/größe", false],
      ["üß", false],
    ]);
  });

  it("finds an entry whatever the case of its name, unless two have it", () => {
    const archive = openZip(writeZip([{ name: "A/b.xml" }, { name: "c.xml" }, { name: "C.xml" }]), limits);
    expect(archive.find("a/B.XML")?.name).toBe("A/b.xml");
    expect(archive.find("__proto__")).toBeUndefined();
    expect(() => archive.find("c.xml")).toThrow(malformed("repeated_entry"));
  });

  it.each(["../../etc/x", "a/../b", "/etc/x", "C:\\x", "c:x", "..\\x", "a\nb", "a\0b", ""])(
    "is refused for an entry named %j",
    (name) => {
      expect(() => openZip(writeZip([{ name }]), limits)).toThrow(malformed("entry_name"));
    },
  );

  it("is refused for a symbolic link", () => {
    const bytes = writeZip([{ name: "a", content: "/etc/passwd", unixMode: 0o120777 }]);
    expect(() => openZip(bytes, limits)).toThrow(malformed("symbolic_link"));
  });

  it("is refused for entries that share bytes", () => {
    const bomb = writeZip([
      { name: "a", content: "x" },
      { name: "b", content: "x", headerOffset: 0 },
    ]);
    expect(() => openZip(bomb, limits)).toThrow(malformed("overlap"));
    const quoted = writeZip([
      { name: "a", content: "x", compressedBytes: 40 },
      { name: "b", content: "y".repeat(40) },
    ]);
    expect(() => openZip(quoted, limits)).toThrow(malformed("overlap"));
  });

  it("is refused for more entries than the limit, also when it claims fewer", () => {
    const names = Array.from({ length: 101 }, (_, i) => ({ name: `${i}`, isDeflated: false }));
    const bytes = writeZip(names);
    const tooMany = expect.objectContaining({
      code: "DOCUMENT_TOO_LARGE",
      details: { setting: "LARDER_PARSE_ARCHIVE_ENTRIES_MAX", archiveEntriesMax: 100 },
    });
    expect(() => openZip(bytes, { ...limits, archiveEntriesMax: 100 })).toThrow(tooMany);
    bytes.writeUInt16LE(1, bytes.length - 12);
    expect(() => openZip(bytes, { ...limits, archiveEntriesMax: 100 })).toThrow(tooMany);
  });

  it("is refused when it is cut, at any place", () => {
    const whole = writeZip([{ name: "a", content: "some text" }]);
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => openZip(whole.subarray(0, length), limits)).toThrow(
        expect.objectContaining({ code: "DOCUMENT_MALFORMED" }),
      );
    }
  });

  it("is read or refused with an error of ours, whichever byte of it is changed", async () => {
    const whole = writeZip([
      { name: "a", content: "some text" },
      { name: "b", content: "more", isZip64: true },
    ]);
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      const outcome = await readAll(changed).then(
        () => "read",
        (error: { code?: string }) => error.code,
      );
      expect(["read", "DOCUMENT_MALFORMED", "DOCUMENT_ENCRYPTED", "DOCUMENT_UNSUPPORTED"]).toContain(outcome);
    }
  });
});

describe("an entry", () => {
  it.each([200 * megabyte, 1, 0])("of zeros is stopped at the ratio when it claims %i bytes", async (declaredBytes) => {
    const bytes = writeZip([{ name: "zeros", content: Buffer.alloc(20 * megabyte), declaredBytes }]);
    expect(bytes.length).toBeLessThan(30_000);
    await expect(readAll(bytes)).rejects.toMatchObject({
      code: "DOCUMENT_TOO_LARGE",
      details: { setting: "LARDER_PARSE_INFLATED_RATIO_MAX" },
    });
  });

  it("counts towards the limit of bytes with all others that were read", async () => {
    const bytes = writeZip(["a", "b", "c"].map((name) => ({ name, content: Buffer.alloc(megabyte) })));
    const archive = openZip(bytes, { ...limits, inflatedBytesMax: 2.5 * megabyte });
    const [a, b, c] = archive.entries;
    if (a === undefined || b === undefined || c === undefined) throw new Error("three entries were written");
    expect((await archive.read(a)).length + (await archive.read(b)).length).toBe(2 * megabyte);
    await expect(archive.read(c)).rejects.toMatchObject({ details: { setting: "LARDER_PARSE_INFLATED_BYTES_MAX" } });
  });

  it.each([
    { what: "a wrong CRC", entry: { crc32: 1 }, code: "DOCUMENT_MALFORMED" },
    { what: "data that is not deflated", entry: { isDeflated: false, method: 8 }, code: "DOCUMENT_MALFORMED" },
    { what: "data that ends too early", entry: { compressedBytes: 5 }, code: "DOCUMENT_MALFORMED" },
    { what: "a password", entry: { flags: 1 }, code: "DOCUMENT_ENCRYPTED" },
    { what: "another compression", entry: { method: 12 }, code: "DOCUMENT_UNSUPPORTED" },
  ])("is refused for $what", async ({ entry, code }) => {
    const bytes = writeZip([{ name: "a", content: "some text of some length", ...entry }]);
    await expect(readAll(bytes)).rejects.toMatchObject({ code });
  });

  it("is read whole when it claims another size, since its CRC is right", async () => {
    expect(await readAll(writeZip([{ name: "a", content: "x".repeat(9), declaredBytes: 1 }]))).toEqual({
      a: "xxxxxxxxx",
    });
  });
});

function malformed(problem: string): unknown {
  return expect.objectContaining({ code: "DOCUMENT_MALFORMED", details: { container: "zip", problem } });
}
