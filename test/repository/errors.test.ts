import { commandLineErrors, errorRules } from "@larder/contracts";
import { expect, it } from "vitest";
import { errorsDoc } from "../../scripts/errors-doc.ts";
import { productionSources, readText } from "./repository-files.ts";

const page = "docs/errors.md";
const codes = Object.keys({ ...errorRules, ...commandLineErrors });
const thrownIn = (text: string): readonly string[] =>
  [...text.matchAll(/new LarderError\(\s*"([A-Z_]+)"/g)].map(([, code]) => code ?? "");

it("writes docs/errors.md from the table of codes (npm run docs:errors)", () => {
  expect(readText(page)).toBe(errorsDoc());
});

it("writes a row that a pipe cannot break", () => {
  const rule = { blame: "us", retryable: true, meaning: "One | two.", hint: "Wait." } as const;
  expect(errorsDoc({ A_CODE: rule })).toContain("| `A_CODE` | One \\| two. | Wait. | Larder | yes |");
});

it("lists each code that is thrown", () => {
  const thrown = productionSources.flatMap((file) => thrownIn(readText(file)));
  expect(thrown.length).toBeGreaterThan(0);
  const listed = readText(page);
  expect(thrown.filter((code) => !listed.includes(`| \`${code}\` |`))).toEqual([]);
});

it("lists each code that the command line gives", () => {
  const given = productionSources
    .filter((file) => file.startsWith("apps/cli/src/"))
    .flatMap((file) => [...readText(file).matchAll(/\bcode: "([A-Z]+_[A-Z_]+)"/g)].map(([, code]) => code ?? "")); // not EISDIR and the like
  expect(given).toContain("RECEIPTS_UNREADABLE");
  const listed = readText(page);
  expect(given.filter((code) => !listed.includes(`| \`${code}\` |`))).toEqual([]);
});

it("uses each code somewhere", () => {
  // The keys of the table are not quoted, so a quoted code is a use of it.
  const everything = productionSources.map(readText).join("\n");
  expect(codes.filter((code) => !everything.includes(`"${code}"`))).toEqual([]);
});

it("names codes <ROOM>_<FACT>, and says what they mean and what to do", () => {
  for (const [code, rule] of Object.entries({ ...errorRules, ...commandLineErrors })) {
    expect(code).toMatch(code === "UNEXPECTED" ? /./ : /^[A-Z]+(?:_[A-Z]+)+$/);
    expect(rule.meaning).toMatch(/^[A-Z].*\.$/s);
    expect(rule.hint).toMatch(/^\S.*\.$/s);
  }
});
