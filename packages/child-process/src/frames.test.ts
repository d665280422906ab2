import { describe, expect, it } from "vitest";
import type { Frame } from "./frames.ts";
import { encodeFrame, FrameDamage, FrameReader, frameKinds } from "./frames.ts";

const bodies = [Buffer.alloc(0), Buffer.from("a"), Buffer.alloc(7_000, 7), Buffer.from("the last")];
const stream = Buffer.concat(
  bodies.map((body, id) =>
    encodeFrame({ id, kind: frameKinds.request, method: 3 }, [body.subarray(0, 1), body.subarray(1)]),
  ),
);

function readIn(pieceBytes: number, bytes: Buffer = stream, bodyBytesMax = 10_000): Frame[] {
  const reader = new FrameReader(bodyBytesMax);
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.byteLength; at += pieceBytes)
    frames.push(...reader.read(bytes.subarray(at, at + pieceBytes)));
  return frames;
}

describe("frames", () => {
  it("come out as they went in, however the stream is cut", () => {
    const expected = bodies.map((body, id) => ({ id, kind: 1, method: 3, body: new Uint8Array(body) }));
    for (const pieceBytes of [1, 7, 19, 20, 21, 4_096, stream.byteLength]) expect(readIn(pieceBytes)).toEqual(expected);
  });

  it("are refused when any bit of them is another", () => {
    const small = encodeFrame({ id: 5, kind: frameKinds.reply, method: 1 }, [Buffer.from("sixteen bytes ..")]);
    let waiting = 0;
    for (let bit = 0; bit < small.byteLength * 8; bit++) {
      const bad = Buffer.from(small);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        expect(readIn(bad.byteLength, bad)).toEqual([]); // a longer body is announced: it is still waited for
        waiting += 1;
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(FrameDamage);
      }
    }
    expect(waiting).toBeLessThan(32); // bits of the length alone
  });

  it("are refused above the agreed length before they have come in", () => {
    expect(() => readIn(20, stream, 6_999)).toThrow(FrameDamage);
  });
});
