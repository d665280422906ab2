import { describe, expect, it } from "vitest";
import { toLogicalOrder } from "./visual-order.ts";

describe("glyphs from left to right to text", () => {
  it("reverses Hebrew, and keeps numbers and Latin words in it", () => {
    expect(toLogicalOrder([..."םלוע םולש"])).toBe("שלום עולם");
    expect(toLogicalOrder([..."R 4.5 תפשב"])).toBe("בשפת R 4.5");
    expect(toLogicalOrder([..."(ןאכ) 2024 תנש"])).toBe("שנת 2024 (כאן)");
  });

  it("keeps the letters of a ligature in order, and spells presentation forms", () => {
    expect(toLogicalOrder(["م", "لا", "س"])).toBe("سلام");
    expect(toLogicalOrder(["ﻢ", "ﻼ", "ﺳ"])).toBe("سلام");
  });

  it("leaves a line of Latin as it is, but for the words in another direction", () => {
    expect(toLogicalOrder([..."the word םולש means peace"])).toBe("the word שלום means peace");
  });

  it("leaves a mark with its letter", () => {
    expect(toLogicalOrder(["ء", "\u064B", "ا", "ن", "ب"])).toBe("بناءً");
  });
});
