import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { LarderError } from "@larder/contracts";
import { paxRecord, writePdf, writeTar, writeZip } from "@larder/testkit";
import type { ParseLimits } from "@larder/text-blocks";
import { defaultParseLimits } from "@larder/text-blocks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackArchive } from "./unpack-archive.ts";

let root: string;
let turn = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "larder-unpack-"));
});
afterAll(() => rm(root, { recursive: true }));

/** The files by their paths, or the code and the facts of the refusal. */
async function unpack(bytes: Uint8Array, limits: Partial<ParseLimits> = {}, fileName = "box.bin") {
  turn += 1;
  const folder = join(root, String(turn));
  const file = join(root, `${turn}.blob`);
  await mkdir(folder);
  await writeFile(file, bytes);
  try {
    const entries = await unpackArchive({ file, fileName, folder, limits: { ...defaultParseLimits, ...limits } });
    if (entries === undefined) return "document";
    const contents: Record<string, string> = {};
    for (const entry of entries) {
      const content = await readFile(entry.file, "utf8");
      expect(Buffer.byteLength(content)).toBe(entry.bytes);
      contents[entry.path] = content;
    }
    return contents;
  } catch (thrown) {
    if (!LarderError.is(thrown)) throw thrown;
    return { code: thrown.code, ...thrown.details };
  } finally {
    // Whatever a name says: nothing is written but numbers, in the folder.
    for (const name of await readdir(folder)) expect(name).toMatch(/^\d+$/);
    expect((await readdir(root)).every((name) => /^\d+(?:\.blob)?$/.test(name))).toBe(true);
  }
}

const twoFiles = [{ name: "d/" }, { name: "d/a.md", content: "# Plums" }, { name: "b.txt", content: "figs" }];
const tarFiles = twoFiles.map((entry) => (entry.name.endsWith("/") ? { ...entry, type: "5" } : entry));

describe("an archive", () => {
  it.each([
    { what: "ZIP", bytes: writeZip(twoFiles) },
    { what: "TAR", bytes: writeTar(tarFiles) },
    { what: "TAR without an end", bytes: writeTar(tarFiles, { hasEnd: false }) },
    { what: "TAR.GZ", bytes: gzipSync(writeTar(tarFiles)) },
  ])("gives the files of a $what", async ({ bytes }) => {
    expect(await unpack(bytes)).toEqual({ "d/a.md": "# Plums", "b.txt": "figs" });
  });

  it("gives the files after a single block of zeros, and none after two", async () => {
    const [first, second] = tarFiles.slice(1).map((entry) => writeTar([entry], { hasEnd: false }));
    const [zeros, garbage] = [Buffer.alloc(512), Buffer.alloc(512, "filled up")];
    const join = (...parts: readonly (Buffer | undefined)[]) => Buffer.concat(parts.map((part) => part ?? zeros));
    const both = { "d/a.md": "# Plums", "b.txt": "figs" };
    expect(await unpack(join(first, zeros, second, zeros, zeros))).toEqual(both);
    expect(await unpack(join(first, zeros, zeros, second))).toEqual({ "d/a.md": "# Plums" });
    expect(await unpack(join(first, second, zeros, garbage))).toEqual(both);
    expect(await unpack(join(first, second, zeros))).toEqual(both);
  });

  it("gives the single file of a gzip, by the archive's name", async () => {
    expect(await unpack(gzipSync("plums"), {}, "jam.txt.gz")).toEqual({ "jam.txt": "plums" });
    expect(await unpack(gzipSync("plums"), {}, ".gz")).toEqual({ document: "plums" });
  });

  it("leaves out what systems put there", async () => {
    const names = ["__MACOSX/._a.md", ".DS_Store", "d/.git/HEAD", "d/Thumbs.db", "./c.txt"];
    const entries = names.map((name) => ({ name, content: name }));
    expect(await unpack(writeZip(entries))).toEqual({ "c.txt": "./c.txt" });
    expect(await unpack(writeTar(entries))).toEqual({ "c.txt": "./c.txt" });
  });

  it("keeps archives inside as files, and empty files", async () => {
    const inner = writeTar([{ name: "x", content: "inside" }]).toString("latin1"); // plain bytes, equal in UTF-8
    const entries = [
      { name: "inner.tar", content: inner },
      { name: "empty.txt", content: "" },
    ];
    expect(await unpack(writeZip(entries))).toEqual({ "inner.tar": inner, "empty.txt": "" });
  });

  it("reads long names and sizes of GNU and POSIX", async () => {
    const long = `${"d".repeat(90)}/${"n".repeat(90)}.txt`;
    const bytes = writeTar([
      { name: "pax_global_header", type: "g", content: paxRecord("comment", "c") },
      { name: "././@LongLink", type: "L", content: `${long}\0` },
      { name: "cut", content: "gnu" },
      { name: "PaxHeaders/x", type: "x", content: paxRecord("path", "größe.txt") + paxRecord("size", "5") },
      { name: "short", content: "posix", declaredBytes: 0 },
      { name: "n.txt", prefix: "p", content: "ustar" },
      { name: "v7", type: "\0", content: "old" },
    ]);
    expect(await unpack(bytes)).toEqual({ [long]: "gnu", "größe.txt": "posix", "p/n.txt": "ustar", v7: "old" });
  });
});

describe("no archive", () => {
  const types = (type: string) => `<Types><Override ContentType="${type}"/></Types>`;
  it.each([
    { what: "a text", bytes: Buffer.from("PK is not enough") },
    { what: "nothing", bytes: Buffer.alloc(0) },
    { what: "a book", bytes: writeZip([{ name: "mimetype", content: "application/epub+zip" }]) },
    { what: "an Office document", bytes: writeZip([{ name: "word/document.xml", content: "<w/>" }]) },
    { what: "a package of another program", bytes: writeZip([{ name: "[Content_Types].xml", content: types("x/y") }]) },
    { what: "a program", bytes: writeZip([{ name: "META-INF/MANIFEST.MF", content: "Manifest-Version: 1.0" }]) },
    { what: "a ZIP cut short, of which nobody can tell", bytes: writeZip(twoFiles).subarray(0, 90) },
    { what: "zeros", bytes: Buffer.alloc(2_048) },
    { what: "a PDF with a ZIP behind it", bytes: Buffer.concat([writePdf([]), writeZip(twoFiles)]) },
  ])("is $what", async ({ bytes }) => {
    expect(await unpack(bytes)).toBe("document");
  });
});

const unsafe = (problem: string) => ({ code: "ARCHIVE_UNSAFE", problem });
const aboveLimit = (setting: string) => expect.objectContaining({ code: "ARCHIVE_TOO_LARGE", setting });

describe("a hostile archive", () => {
  it.each(["../../etc/x", "a/../../b", "/etc/x", "C:\\x", "..\\x", "a\nb"])(
    "with %j is refused whole",
    async (name) => {
      const entries = [
        { name: "good.txt", content: "good" },
        { name, content: "x" },
      ];
      expect(await unpack(writeZip(entries))).toEqual(unsafe("entry_name"));
      expect(await unpack(writeTar(entries))).toEqual(unsafe("entry_name"));
      expect(await unpack(gzipSync(writeTar(entries)))).toEqual(unsafe("entry_name"));
    },
  );

  it("with a name above all file systems is refused", async () => {
    const record = paxRecord("path", "n/".repeat(3_000));
    expect(await unpack(writeTar([{ name: "p", type: "x", content: record }, { name: "x" }]))).toEqual(
      unsafe("entry_name"),
    );
  });

  it("with links, devices or pipes is refused whole", async () => {
    const link = { name: "a", content: "/etc/passwd", unixMode: 0o120777 };
    expect(await unpack(writeZip([...twoFiles, link]))).toEqual(unsafe("symbolic_link"));
    for (const type of ["1", "2", "3", "4", "6"]) {
      expect(await unpack(writeTar([...tarFiles, { name: "a", type }]))).toEqual(unsafe("not_a_file"));
    }
  });

  it("whose entries share bytes is refused", async () => {
    const bytes = writeZip([
      { name: "a", content: "x".repeat(500) },
      { name: "b", content: "x".repeat(500), headerOffset: 0 },
    ]);
    expect(await unpack(bytes)).toEqual(unsafe("overlap"));
  });

  it.each([1, 0, 0xffff])("that unpacks to far more than it says (%i bytes) is stopped", async (declaredBytes) => {
    const bytes = writeZip([{ name: "bomb", content: Buffer.alloc(3_000_000), declaredBytes }]);
    expect(await unpack(bytes)).toEqual(aboveLimit("LARDER_PARSE_INFLATED_RATIO_MAX"));
  });

  it("of zeros is stopped by the ratio, of many files by their bytes", async () => {
    const zeros = Buffer.alloc(3_000_000);
    expect(await unpack(gzipSync(zeros))).toEqual(aboveLimit("LARDER_PARSE_INFLATED_RATIO_MAX"));
    expect(await unpack(gzipSync(writeTar([{ name: "z", content: zeros }])))).toEqual(
      aboveLimit("LARDER_PARSE_INFLATED_RATIO_MAX"),
    );
    const many = Array.from({ length: 9 }, (_, i) => ({ name: `${i}`, content: Buffer.alloc(1_000) }));
    const limits = { inflatedBytesMax: 8_500 };
    expect(await unpack(writeZip(many), limits)).toEqual(aboveLimit("LARDER_PARSE_INFLATED_BYTES_MAX"));
    expect(await unpack(writeTar(many), limits)).toEqual(aboveLimit("LARDER_PARSE_INFLATED_BYTES_MAX"));
  });

  it("of too many entries is stopped, also when they are empty or hidden", async () => {
    const many = Array.from({ length: 11 }, (_, i) => ({ name: `.${i}` }));
    const limits = { archiveEntriesMax: 10 };
    expect(await unpack(writeZip(many), limits)).toEqual(aboveLimit("LARDER_PARSE_ARCHIVE_ENTRIES_MAX"));
    expect(await unpack(writeTar(many), limits)).toEqual(aboveLimit("LARDER_PARSE_ARCHIVE_ENTRIES_MAX"));
  });

  it("with a password, another method or a sparse file says so", async () => {
    expect(await unpack(writeZip([{ name: "a", content: "x", flags: 1 }]))).toEqual({ code: "ARCHIVE_ENCRYPTED" });
    expect(await unpack(writeZip([{ name: "a", content: "x", method: 12 }]))).toMatchObject({
      code: "ARCHIVE_UNSUPPORTED",
      compressionMethod: 12,
    });
    expect(await unpack(writeTar([{ name: "a", type: "S" }]))).toMatchObject({ code: "ARCHIVE_UNSUPPORTED" });
  });

  it.each([
    { what: "a TAR cut inside a file", bytes: writeTar([{ name: "a", content: "x".repeat(900) }]).subarray(0, 1_000) },
    { what: "a TAR cut inside a header", bytes: writeTar(tarFiles).subarray(0, 700) },
    { what: "a file larger than its TAR", bytes: writeTar([{ name: "a", content: "x", declaredBytes: 2 ** 40 }]) },
    { what: "an extension larger than any", bytes: writeTar([{ name: "a", type: "x", declaredBytes: 2 ** 40 }]) },
    { what: "a record longer than its extension", bytes: writeTar([{ name: "a", type: "x", content: "99 path=x\n" }]) },
    { what: "a gzip cut short", bytes: gzipSync(Buffer.from("plums and figs".repeat(50))).subarray(0, 30) },
    { what: "a ZIP with a wrong checksum", bytes: writeZip([{ name: "a", content: "x", crc32: 1 }]) },
  ])("or $what is malformed", async ({ bytes }) => {
    expect(await unpack(bytes)).toMatchObject({ code: "ARCHIVE_MALFORMED" });
  });

  it("without a file says so", async () => {
    expect(await unpack(writeZip([{ name: ".DS_Store", content: "x" }]))).toEqual({ code: "ARCHIVE_EMPTY" });
    expect(await unpack(writeZip([]))).toEqual({ code: "ARCHIVE_EMPTY" });
  });
});
