import type { OffPeak, OffPeakWindow } from "@larder/contracts";

const minuteMs = 60_000;
const dayMinutes = 1_440;

/** Whether a window is open at that wall time. By UTC throughout: a local clock would shift every window. */
export function isOffPeak({ windows }: Pick<OffPeak, "windows">, atMs: number): boolean {
  const at = new Date(atMs);
  const minute = Math.floor(atMs / minuteMs) - Math.floor(atMs / (dayMinutes * minuteMs)) * dayMinutes;
  const weekday = at.getUTCDay();
  return windows.some((window) => isOpen(window, minute, weekday));
}

function isOpen({ startMinute, endMinute, weekdays }: OffPeakWindow, minute: number, weekday: number): boolean {
  if (weekdays !== undefined && !weekdays.includes(weekday)) return false;
  if (startMinute < endMinute) return minute >= startMinute && minute < endMinute;
  return minute >= startMinute || minute < endMinute;
}
