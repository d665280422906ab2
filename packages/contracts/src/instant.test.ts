import fc from "fast-check";
import { expect, it } from "vitest";
import { parseInstant } from "./instant.ts";

it.each([
  { text: "1970-01-02", instantMs: 86_400_000 },
  { text: "1970-01-01T00:00", instantMs: 0 },
  { text: "1970-01-01T00:00:01Z", instantMs: 1_000 },
  { text: "1970-01-01T02:00:00+02:00", instantMs: 0 },
  { text: "1969-12-31T19:00:00.5-05:00", instantMs: 500 },
  { text: "1970-01-01T00:00:00.000999999Z", instantMs: 0 },
  { text: "1969-12-31T23:59:59.999", instantMs: -1 },
  { text: "0099-01-01", instantMs: -59_042_995_200_000 },
  { text: "2024-02-29", instantMs: Date.UTC(2024, 1, 29) },
  { text: "9999-12-31T23:59:59.999Z", instantMs: 253_402_300_799_999 },
])("reads $text", ({ text, instantMs }) => {
  expect(parseInstant(text)).toBe(instantMs);
});

it.each([
  ...["", "2026", "2026-03", "2026-3-1", "2026-02-30", "2023-02-29", "2026-13-01", "2026-00-01", "2026-01-00"],
  ...["2026-03-01T", "2026-03-01T24:00", "2026-03-01T10", "2026-03-01T10:60", "2026-03-01T10:00:60Z", "2026-03-01Z"],
  ...["2026-03-01 10:00", "2026-03-01t10:00z", "2026-03-01T10:00+0200", "2026-03-01T10:00:00.Z", " 2026-03-01"],
  ...[
    "2026-03-01\n",
    "+02026-03-01",
    "２０２６-03-01",
    "2026-03-01T10:00+24:00",
    `2026-03-01T10:00:00.${"1".repeat(30)}Z`,
  ],
])("takes %j for no date", (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

it("reads what a Date prints, in any zone", () => {
  const date = fc.date({ min: new Date("0001-01-02"), max: new Date("9999-12-30"), noInvalidDate: true });
  fc.assert(
    fc.property(date, fc.integer({ min: -1_439, max: 1_439 }), (at, offsetMinutes) => {
      const local = new Date(at.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
      const of = (minutes: number) => String(Math.abs(Math.trunc(minutes))).padStart(2, "0");
      const zone = `${offsetMinutes < 0 ? "-" : "+"}${of(offsetMinutes / 60)}:${of(offsetMinutes % 60)}`;
      expect(parseInstant(local + zone)).toBe(at.getTime());
    }),
  );
});
