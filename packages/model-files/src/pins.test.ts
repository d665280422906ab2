import { createHash } from "node:crypto";
import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePins, renderPins } from "./pins.ts";

describe("parsePins", () => {
  it("reads what sha256sum prints", () => {
    const hash = sha256("x");
    expect(parsePins(`# by hand\n${hash}  config.json\r\n${hash.toUpperCase()} *onnx/a b.onnx\n\n`)).toEqual({
      "config.json": hash,
      "onnx/a b.onnx": hash,
    });
    expect(parsePins("")).toEqual({});
  });

  it.each(["../secret", "/etc/passwd", "onnx/../../x", "..\\x"])("refuses the path %s", (path) => {
    expect(parsePins(`${sha256("x")}  ${path}\n`)).toBeUndefined();
  });

  it("never throws, and never gives a path that leaves the folder", () => {
    const unit = fc.constantFrom(sha256("x"), "  ", " *", "..", "/", ".", "\\", "a", "\n", "\r", "\0", "#");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        for (const file of Object.keys(parsePins(text) ?? {})) {
          expect(posix.normalize(`/models/tiny/${file}`)).toMatch(/^\/models\/tiny\b/);
          expect(file).not.toMatch(/^\/|\\/);
        }
      }),
    );
  });
});

it("writes what it reads, in the order of the paths", () => {
  const hash = sha256("x");
  const text = renderPins({ "tokenizer.json": hash, "config.json": hash });
  expect(text).toBe(`${hash}  config.json\n${hash}  tokenizer.json\n`);
  expect(parsePins(text)).toEqual({ "config.json": hash, "tokenizer.json": hash });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
