import { describe, expect, it } from "vitest";
import { hasHeaderRow } from "./header-row.ts";

describe("the header of a table", () => {
  it.each([
    {
      what: "names above numbers",
      rows: [
        ["Name", "Age"],
        ["Ann", "41"],
      ],
    },
    {
      what: "names above words",
      rows: [
        ["City", "Country"],
        ["Oslo", "Norway"],
        ["Rome", "Italy"],
      ],
    },
    {
      what: "years behind a name",
      rows: [
        ["Region", "2019", "2020"],
        ["North", "1", "2"],
      ],
    },
    {
      what: "names behind an index without one",
      rows: [
        ["", "a", "b"],
        ["0", "1", "2"],
      ],
    },
  ])("is found in $what", ({ rows }) => {
    expect(hasHeaderRow(rows)).toBe(true);
  });

  it.each([
    {
      what: "a number",
      rows: [
        ["Ann", "41"],
        ["Bob", "17"],
      ],
    },
    {
      what: "a date",
      rows: [
        ["Ann", "2020-01-31"],
        ["Bob", "2021-02-28 10:00"],
      ],
    },
    {
      what: "an amount",
      rows: [
        ["Ann", "(1 234,50) €"],
        ["Bob", "$12"],
      ],
    },
    {
      what: "an address",
      rows: [
        ["Ann", "ann@example.org"],
        ["Bob", "bob@example.org"],
      ],
    },
    {
      what: "one title above many columns",
      rows: [
        ["Runs", "", "", ""],
        ["Ann", "b", "c", "d"],
      ],
    },
    { what: "nothing below it", rows: [["Name", "Age"]] },
    { what: "no rows", rows: [] },
  ])("is missing where the first row has $what", ({ rows }) => {
    expect(hasHeaderRow(rows)).toBe(false);
  });
});

it("looks at each cell once, whatever it holds", () => {
  const parts = "a@".repeat(100_000);
  for (const cell of [
    `${parts} b`,
    `${"@.".repeat(100_000)} b`,
    `a@${".".repeat(200_000)} b`,
    `1${"1, ".repeat(100_000)}b`,
  ]) {
    expect(
      hasHeaderRow([
        [cell, "b"],
        ["1", "2"],
      ]),
    ).toBe(true);
  }
  for (const mail of ["a@b.org", "a.b@c.co.uk"])
    expect(
      hasHeaderRow([
        [mail, "b"],
        ["1", "2"],
      ]),
    ).toBe(false);
});
