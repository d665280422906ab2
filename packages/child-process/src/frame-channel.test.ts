import { Duplex } from "node:stream";
import { LarderError } from "@larder/contracts";
import { expect, it } from "vitest";
import { FrameChannel } from "./frame-channel.ts";

it("rejects what was asked of a child that has ended, and what is asked of it afterwards", async () => {
  const { signal } = new AbortController();
  const socket = new Duplex({ read: () => undefined, write: (_piece, _encoding, done) => done() }); // never answers
  const channel = new FrameChannel(socket, 1_000, () => undefined);
  const before = channel.request(1, [], signal);
  const reason = new LarderError("CHILD_PROCESS_ENDED");
  channel.rejectAll(reason);
  await expect(before).rejects.toBe(reason);
  await expect(channel.request(1, [], signal)).rejects.toBe(reason);
  expect(channel.pending).toBe(0);
});
