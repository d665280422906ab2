import { describe, expect, it } from "vitest";
import { filterOf, readCondition, readFilter } from "./filter-options.ts";

describe("--where", () => {
  it.each([
    { text: "team=search", condition: { type: "eq", key: "metadata.team", value: "search" } },
    { text: "metadata.team!=search", condition: { type: "ne", key: "metadata.team", value: "search" } },
    { text: "author.name=Ada L.", condition: { type: "eq", key: "metadata.author.name", value: "Ada L." } },
    { text: "year>=2024", condition: { type: "gte", key: "metadata.year", value: 2024 } },
    { text: 'year="2024"', condition: { type: "eq", key: "metadata.year", value: "2024" } },
    { text: "draft=true", condition: { type: "eq", key: "metadata.draft", value: true } },
    { text: "draft=null", condition: { type: "eq", key: "metadata.draft", value: null } },
    { text: "tags~a=b", condition: { type: "contains", key: "metadata.tags", value: "a=b" } },
    { text: "q=[1]", condition: { type: "eq", key: "metadata.q", value: "[1]" } },
    { text: "q=", condition: { type: "eq", key: "metadata.q", value: "" } },
    { text: "document.bytes<10", condition: { type: "lt", key: "document.bytes", value: 10 } },
    {
      text: "document.created_at<=2026-03-01",
      condition: { type: "lte", key: "document.created_at", value: "2026-03-01" },
    },
  ])("reads $text", ({ text, condition }) => {
    expect(readCondition(text)).toEqual([condition]);
  });

  it.each(["", "team", "=search", "!"])("refuses %j", (text) => {
    expect(() => readCondition(text)).toThrow("<key>=<value>");
  });
});

it("takes a JSON object for --filter and nothing else", () => {
  expect(readFilter('{"type":"exists","key":"metadata.a"}')).toEqual({ type: "exists", key: "metadata.a" });
  for (const text of ["", "team=search", "[]", "null", "5"]) expect(() => readFilter(text)).toThrow("JSON object");
});

it("joins all that was given", () => {
  const [a, b] = [{ type: "exists", key: "metadata.a" }, ...readCondition("b=1")];
  expect(filterOf({})).toBeUndefined();
  expect(filterOf({ filter: a ?? {} })).toBe(a);
  expect(filterOf({ filter: a ?? {}, where: readCondition("b=1") })).toEqual({ type: "and", filters: [a, b] });
});
