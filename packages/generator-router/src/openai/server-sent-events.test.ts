import fc from "fast-check";
import { expect, it } from "vitest";
import { readRetryAfter } from "./retry-after.ts";
import { readEventData } from "./server-sent-events.ts";

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes.length === 0 ? bytes.length : Math.max(1, sizes[i % sizes.length] ?? 1);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(text: string, sizes: readonly number[] = []): Promise<readonly string[]> {
  const events: string[] = [];
  for await (const together of readEventData(cut(new TextEncoder().encode(text), sizes))) events.push(...together);
  return events;
}

it("gives the data of each event wherever packets are cut and however lines end", async () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, "").replace(/^\uFEFF/, "b"));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 6 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 }),
      async (events, end, sizes) => {
        const text = events.map((data) => `data: ${data}${end}${end}`).join("");
        expect(await read(text, sizes)).toEqual(events);
      },
    ),
  );
});

it("skips comments, other fields and empty events, and joins the lines of one", async () => {
  expect(await read(": OPENROUTER PROCESSING\n\nevent: x\nid: 1\n\ndata:a\ndata: b\n\n\n\ndata\n\n")).toEqual(["a\nb"]);
});

it("gives what stands at the end without its blank line", async () => {
  expect(await read("data: 1\n\ndata: [DONE]")).toEqual(["1", "[DONE]"]);
  expect(await read("")).toEqual([]);
});

it("refuses an event that never ends", async () => {
  const endless = async function* () {
    for (;;) yield new TextEncoder().encode("data: ".padEnd(100_000, "x"));
  };
  const reading = (async () => {
    for await (const _ of readEventData(endless()));
  })();
  await expect(reading).rejects.toMatchObject({ code: "PROVIDER_REPLY_MALFORMED" });
});

it.each<[Record<string, string>, number | undefined]>([
  [{ "retry-after": "7" }, 7_000],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": "1.5" }, 1_500],
  [{ "retry-after": "Tue, 24 Nov 2026 00:00:30 GMT" }, 30_000],
  [{ "retry-after": "Mon, 23 Nov 2026 00:00:00 GMT" }, 0],
  [{ "retry-after-ms": "250", "retry-after": "9" }, 250],
  [{ "retry-after": "999999999" }, 3_600_000],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "-3" }, 0],
  [{}, undefined],
])("reads the wait of %j as %j ms", (headers, waitMs) => {
  expect(readRetryAfter(new Headers(headers), Date.UTC(2026, 10, 24))).toBe(waitMs);
});
