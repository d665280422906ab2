import { toolCallsOf } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ToolCallReader, wireToolCalls } from "./wire-tool-calls.ts";

/** The calls that are put together of what chunks hold, one after the other. */
function readAll(...chunks: readonly unknown[]) {
  const reader = new ToolCallReader();
  return toolCallsOf(chunks.flatMap((chunk) => reader.read(wireToolCalls.parse(chunk)))).toolCalls;
}
const oslo = { id: "a", name: "read_weather", arguments: '{"town":"Oslo"}' };
const bergen = { id: "b", name: "read_weather", arguments: '{"town":"Bergen"}' };
const wire = ({ id, ...called }: typeof oslo, more: object = {}) => ({ id, function: called, ...more });

describe("tool calls are told apart however a provider numbers them", () => {
  it.each([
    { what: "each with its number", chunks: [[wire(oslo, { index: 0 })], [wire(bergen, { index: 1 })]] },
    { what: "all with the number 0", chunks: [[wire(oslo, { index: 0 })], [wire(bergen, { index: 0 })]] },
    { what: "numbered from 1", chunks: [[wire(oslo, { index: 1 }), wire(bergen, { index: 2 })]] },
    { what: "without numbers, in one chunk", chunks: [[wire(oslo), wire(bergen)]] },
    { what: "without numbers, in two", chunks: [[wire(oslo)], [wire(bergen)]] },
    {
      what: "with the id in every piece, and no numbers",
      chunks: [[wire({ ...oslo, arguments: '{"town"' })], [wire({ ...oslo, arguments: ':"Oslo"}' })], [wire(bergen)]],
    },
    {
      what: "with an empty id after the first piece",
      chunks: [
        [wire({ ...oslo, arguments: '{"town"' }, { index: 0 })],
        [wire({ ...oslo, id: "", name: "", arguments: ':"Oslo"}' }, { index: 0 })],
        [wire(bergen, { index: 1 })],
      ],
    },
    {
      what: "with arguments as an object",
      chunks: [[wire(oslo), { id: "b", function: { name: "read_weather", arguments: { town: "Bergen" } } }]],
    },
    {
      what: "with the name after the id",
      chunks: [
        [{ index: 0, id: "a" }],
        [{ index: 0, function: { name: "read_weather", arguments: oslo.arguments } }],
        [wire(bergen)],
      ],
    },
  ])("$what", ({ chunks }) => {
    expect(readAll(...chunks)).toEqual([oslo, bergen]);
  });

  it("reads what is no list of calls as none", () => {
    for (const odd of [undefined, null, [], "call", 7, [7]]) expect(readAll(odd)).toBeUndefined();
  });

  it("makes an id for a call that has none, so that its result can be told of", () => {
    expect(readAll([{ function: { name: "f", arguments: "{}" } }])).toEqual([
      { id: "call_0", name: "f", arguments: "{}" },
    ]);
  });

  it("loses no character of arguments, wherever they are cut and however the calls are mixed", () => {
    const call = fc.record({ pieces: fc.array(fc.string({ unit: "binary" }), { minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), (calls) => {
        const chunks = calls.flatMap(({ pieces }, index) =>
          pieces.map((text, at) => ({
            at,
            chunk: { index, ...(at === 0 && { id: `c${index}` }), function: { arguments: text } },
          })),
        );
        const mixed = chunks.toSorted((a, b) => a.at - b.at).map(({ chunk }) => [chunk]);
        const whole = readAll(...mixed)?.map((each) => each.arguments);
        expect(whole).toEqual(calls.map(({ pieces }) => pieces.join("")));
      }),
    );
  });
});
