import { describe, expect, it } from "vitest";
import { isDelimited } from "./is-delimited.ts";

describe("a text that is a table", () => {
  it.each([
    { what: "commas", text: "a,b,c\n1,2,3\n4,5,6" },
    { what: "semicolons and a quoted line end", text: 'a;b\n"x;\ny";2\n3;4\n' },
    { what: "tabs", text: "a\tb\n1\t2\n3\t4\n" },
  ])("is known by $what", ({ text }) => {
    expect(isDelimited(text, true)).toBe(true);
  });

  it.each([
    { what: "prose", text: "One, two.\nThree, four, five.\nSix.\n" },
    { what: "lines with as many commas", text: "It was, as ever, late.\nHe came, I saw, we went.\nOne thing.\n" },
    { what: "code", text: "let a = 1;\nlet b = 2;\nlet c = 3;\n" },
    { what: "a Markdown table", text: "| a | b |\n| - | - |\n| 1 | 2 |\n" },
    { what: "JSON", text: "[1,2,3,\n1,2,3,\n1,2,3]" },
    { what: "two rows", text: "a,b,c\n1,2,3" },
    { what: "nothing", text: "" },
  ])("is not taken from $what", ({ text }) => {
    expect(isDelimited(text, true)).toBe(false);
  });

  it("is judged without the line at which the sample was cut", () => {
    expect(isDelimited("a,b,c\n1,2,3\n4,5,6\n7,8", false)).toBe(true);
    expect(isDelimited("a,b,c\n1,2,3\n4,5,6\n7,8", true)).toBe(false);
  });
});
