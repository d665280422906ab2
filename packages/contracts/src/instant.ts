const form = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))?)?$/;

/**
 * A date or a time as ISO 8601 and RFC 3339 write it, as milliseconds since 1970; `undefined` for any other text.
 *
 * Read are `2026-03-01` and `2026-03-01T09:30`, with seconds and up to nine digits of a fraction where given, followed
 * by `Z`, an offset such as `+02:00`, or nothing. Without a zone it is UTC; a date alone is its first moment; what is
 * below a millisecond is cut off. Days that do not exist (`2026-02-30`) are no dates. Linear in the text's length.
 *
 * @example
 * parseInstant("1970-01-02"); // => 86_400_000
 * parseInstant("1970-01-01T02:00:00+02:00"); // => 0
 * parseInstant("2026"); // => undefined
 */
export function parseInstant(text: string): number | undefined {
  if (text.length < 10 || text.length > 35) return undefined;
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHour, offsetMinute] = match;
  const [hours, minutes, seconds] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  const [offsetHours, offsetMinutes] = [Number(offsetHour ?? 0), Number(offsetMinute ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  const milliseconds = Number(fraction.padEnd(3, "0").slice(0, 3));
  const offsetMs = (offsetHours * 60 + offsetMinutes) * 60_000 * (sign === "-" ? -1 : 1);
  return date.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds - offsetMs;
}
