import { writeCompoundFile } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { openCompoundFile } from "./compound-file.ts";

const streams = { WordDocument: Buffer.alloc(5_000, "w"), "1Table": Buffer.from("table") };

function readAll(bytes: Uint8Array): Record<string, number> {
  const file = openCompoundFile(bytes);
  const sizes: Record<string, number> = {};
  for (const entry of file.root.values()) if (entry.kind === "stream") sizes[entry.name] = file.read(entry).length;
  return sizes;
}

describe("a compound file", () => {
  it("gives its streams by name", () => {
    const file = openCompoundFile(writeCompoundFile(streams));
    expect([...file.root.keys()].toSorted()).toEqual(["1table", "worddocument"]);
    const stream = file.root.get("worddocument");
    if (stream?.kind !== "stream") throw new Error("a stream was written");
    expect(Buffer.from(file.read(stream)).toString().slice(0, 5_000)).toBe("w".repeat(5_000));
  });

  it("is refused when a chain or the directory goes in a circle", () => {
    const circle = writeCompoundFile(streams);
    circle.writeUInt32LE(1, 512 + 4); // the directory's sector is followed by itself
    expect(() => readAll(circle)).toThrow(expect.objectContaining({ code: "DOCUMENT_MALFORMED" }));
    const tree = writeCompoundFile(streams);
    tree.writeUInt32LE(1, 1024 + 128 + 68); // an entry is its own sibling
    expect(() => readAll(tree)).toThrow(expect.objectContaining({ code: "DOCUMENT_MALFORMED" }));
  });

  it("is read or refused with an error of ours, whichever byte of its tables is changed, however it is cut", () => {
    const whole = writeCompoundFile(streams);
    for (let at = 0; at < 1_536; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      expect(outcomeOf(changed)).toMatch(/^(?:read|DOCUMENT_MALFORMED)$/u);
    }
    for (let length = 0; length < whole.length; length += 37) {
      expect(outcomeOf(whole.subarray(0, length))).toMatch(/^(?:read|DOCUMENT_MALFORMED)$/u);
    }
  });
});

function outcomeOf(bytes: Uint8Array): string {
  try {
    readAll(bytes);
    return "read";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
