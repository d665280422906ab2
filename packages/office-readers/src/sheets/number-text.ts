/** How a cell shows its number, as far as that changes what it says. */
export type NumberKind = "plain" | "date" | "time" | "date-time" | "percent";

/** Formats that files name by number alone (ECMA-376, part 1, 18.8.30). */
export function builtInKind(id: number): NumberKind {
  if (id === 9 || id === 10) return "percent";
  if (id === 22) return "date-time";
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return "date";
  if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47) || (id >= 32 && id <= 35)) return "time";
  return "plain";
}

/** What a format's code is for. Only its first section counts; words in quotes, colours and locales do not. */
export function kindOfFormat(code: string): NumberKind {
  const section = code
    .slice(0, 255)
    .replace(/"[^"]*"|\\.|_.|\*./gu, "")
    .split(";", 1)[0];
  const letters = (section ?? "").replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/giu, "").toLowerCase();
  if (/general/u.test(letters)) return "plain";
  const hasDay = /[dy]/u.test(letters) || (/m/u.test(letters) && !/[hs]/u.test(letters));
  const hasTime = /[hs]/u.test(letters);
  if (hasDay || hasTime) return hasDay && hasTime ? "date-time" : hasDay ? "date" : "time";
  return letters.includes("%") ? "percent" : "plain";
}

const dayMs = 86_400_000;
/** 9999-12-31, the last day that spreadsheets know. */
const serialMax = 2_958_466;

/**
 * A cell's number as people read it: dates as `2024-01-31`, with a time where there is one, shares as `12.5%`, all else in
 * its shortest form of at most 15 digits, which is as exact as spreadsheets are.
 */
export function numberText(value: number, kind: NumberKind, is1904 = false): string {
  if (!Number.isFinite(value)) return "";
  if (kind === "percent") return `${short(value * 100)}%`;
  if (kind === "plain" || value < 0 || value >= serialMax) return short(value);
  // The first 60 days of 1900 have a 29 February that never was.
  const days = is1904 ? value + 1462 : value < 60 ? value + 1 : value;
  const iso = new Date(Math.round(((days - 25_569) * dayMs) / 1000) * 1000).toISOString();
  const date = iso.slice(0, 10);
  const time = iso.slice(11, 19);
  if (kind === "time" && value < 1) return time;
  return kind === "date" && time === "00:00:00" ? date : `${date} ${time}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(15)));
}
