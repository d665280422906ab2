import { expectSoundDocument } from "@larder/testkit";
import type { FormatReader } from "@larder/text-blocks";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { readAsciidoc, readOrg, readRestructuredText } from "./read-markup.ts";

async function blocksOf(read: FormatReader<string>, text: string) {
  const parsed = await read(text, { limits: defaultParseLimits });
  expect(parsed.text).toBe(text);
  expectSoundDocument(parsed);
  return parsed.blocks.map((b) => [b.kind, text.slice(b.start, b.end), b.headings.join(" > "), b.columns]);
}

describe("the structure of reStructuredText", () => {
  it("has titles whose levels are those in which their lines first appear", async () => {
    const text = "=====\nBook\n=====\n\nOne\n===\nwords\n\nSub\n---\n\ndeep\n\nTwo\n===\n";
    expect(await blocksOf(readRestructuredText, text)).toEqual([
      ["heading", "=====\nBook\n=====", "Book", undefined],
      ["heading", "One\n===", "Book > One", undefined],
      ["paragraph", "words", "Book > One", undefined],
      ["heading", "Sub\n---", "Book > One > Sub", undefined],
      ["paragraph", "deep", "Book > One > Sub", undefined],
      ["heading", "Two\n===", "Book > Two", undefined],
    ]);
  });

  it("has code, lists and both kinds of tables", async () => {
    const grid = "+---+---+\n| a | b |\n+===+===+\n| 1 | 2 |\n+---+---+";
    const simple = "====  ====\nx     y\n====  ====\n1     2\n====  ====";
    const text = `Run::\n\n   make\n\n   make test\n\n.. code-block:: py\n\n   x = 1\n\n- one\n- two\n  more\n\n${grid}\n\n${simple}\n`;
    expect(await blocksOf(readRestructuredText, text)).toEqual([
      ["paragraph", "Run::", "", undefined],
      ["code", "make\n\n   make test", "", undefined],
      ["code", ".. code-block:: py\n\n   x = 1", "", undefined],
      ["list_item", "- one", "", undefined],
      ["list_item", "- two\n  more", "", undefined],
      ["table", grid, "", ["a", "b"]],
      ["table", simple, "", ["x", "y"]],
    ]);
  });
});

describe("the structure of Org", () => {
  it("has headings, blocks, tables and lists", async () => {
    const text =
      "#+TITLE: The notes\n\n* TODO [#A] One :work:\nwords\n- item\n\n** Two\n#+begin_src sh\n* no heading\n#+end_src\n| a | b |\n|---+---|\n| 1 | 2 |\n#+begin_quote\nsaid\n#+end_quote\n";
    expect(await blocksOf(readOrg, text)).toEqual([
      ["paragraph", "#+TITLE: The notes", "", undefined],
      ["heading", "* TODO [#A] One :work:", "One", undefined],
      ["paragraph", "words", "One", undefined],
      ["list_item", "- item", "One", undefined],
      ["heading", "** Two", "One > Two", undefined],
      ["code", "#+begin_src sh\n* no heading\n#+end_src", "One > Two", undefined],
      ["table", "| a | b |\n|---+---|\n| 1 | 2 |", "One > Two", ["a", "b"]],
      ["quote", "#+begin_quote\nsaid\n#+end_quote", "One > Two", undefined],
    ]);
    expect((await readOrg(text, { limits: defaultParseLimits })).title).toBe("The notes");
  });
});

describe("the structure of AsciiDoc", () => {
  it("has headings, listings, tables, quotes and lists", async () => {
    const text =
      "= Book\n\n== One ==\n\n[source,sh]\n----\n= no heading\n----\n\n|===\n|a |b\n\n|1 |2\n|===\n\n* item\n** inner\n\n____\nsaid\n____\n";
    expect(await blocksOf(readAsciidoc, text)).toEqual([
      ["heading", "= Book", "Book", undefined],
      ["heading", "== One ==", "Book > One", undefined],
      ["paragraph", "[source,sh]", "Book > One", undefined],
      ["code", "----\n= no heading\n----", "Book > One", undefined],
      ["table", "|===\n|a |b\n\n|1 |2\n|===", "Book > One", ["a", "b"]],
      ["list_item", "* item", "Book > One", undefined],
      ["list_item", "** inner", "Book > One", undefined],
      ["quote", "____\nsaid\n____", "Book > One", undefined],
    ]);
  });
});

describe("every markup", () => {
  it.each([
    ["reStructuredText", readRestructuredText],
    ["Org", readOrg],
    ["AsciiDoc", readAsciidoc],
  ])("reads long lines, many lines and blocks that never end as %s", async (_, read) => {
    for (const text of ["a".repeat(1_000_000), "=\n".repeat(100_000), `----\n${"|x\n".repeat(100_000)}`]) {
      expectSoundDocument(await read(text, { limits: defaultParseLimits }));
    }
  });
});

it("takes no other line for the title of an Org document that has none", async () => {
  const parsed = await readOrg("#+title:\n#+author: Ann\n\n* One :tag:\n", { limits: defaultParseLimits });
  expect(parsed.title).toBe("One");
});
