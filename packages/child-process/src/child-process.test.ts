import { mkdtemp, readdir, rm } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { LarderError } from "@larder/contracts";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { ChildProcess, ChildProcessOptions } from "./index.ts";
import { entryUrl, openChildProcess } from "./index.ts";

const entry = entryUrl(import.meta.url, "../test/echo-process");
const frameEntry = entryUrl(import.meta.url, "../test/frame-process");
const call = { signal: new AbortController().signal };
const opened: ChildProcess[] = [];

function open(options: Partial<ChildProcessOptions> = {}): ChildProcess {
  const child = openChildProcess({ name: "echo", entry, restartDelayMsMin: 10, ...options });
  opened.push(child);
  return child;
}

/** Of the tests after which it goes on as before. */
const shared = openChildProcess({ name: "echo", entry });
afterAll(() => shared.close());

afterEach(async () => {
  await Promise.all(opened.splice(0).map((child) => child.close()));
});

describe("a supervised child process", () => {
  it("carries typed arrays, bigints and nothing unchanged", async () => {
    expect(await shared.request("echo", { many: [1n, 2n], none: undefined }, call)).toEqual({ many: [1n, 2n] });
    expect(await shared.request("double", Float32Array.of(1, 2, 3), call)).toEqual(Float32Array.of(2, 4, 6));
  });

  it("gives way to other processes where it is told to", async () => {
    const nice = open({ niceness: 3 });
    await nice.start(call);
    await shared.start(call);
    expect(getPriority(nice.pid ?? 0)).toBe(Math.min(19, getPriority() + 3));
    expect(getPriority(shared.pid ?? 0)).toBe(getPriority());
  });

  it("answers many requests at once, each with its own reply", async () => {
    const numbers = Array.from({ length: 200 }, (_, i) => i);
    expect(await Promise.all(numbers.map((n) => shared.request("echo", n, call)))).toEqual(numbers);
  });

  it("gives the handler's typed error with its details", async () => {
    await expect(shared.request("fail", "DOCUMENT_EMPTY", call)).rejects.toMatchObject({
      code: "DOCUMENT_EMPTY",
      details: { size: 0 },
    });
    await expect(shared.request("defect", undefined, call)).rejects.toMatchObject({ code: "UNEXPECTED" });
    await expect(shared.request("nosuch", undefined, call)).rejects.toMatchObject({ code: "UNEXPECTED" });
  });

  it("rejects what was pending when the child ends and answers again after a restart", async () => {
    const child = open();
    await child.start(call);
    const pending = child.request("wait", undefined, call);
    const crash = child.request("crash", undefined, call);
    await expect(crash).rejects.toMatchObject({ code: "CHILD_PROCESS_ENDED", details: { exitCode: 7 } });
    await expect(pending).rejects.toMatchObject({ code: "CHILD_PROCESS_ENDED" });
    expect(await child.request("echo", "again", call)).toBe("again");
    expect(child.starts).toBe(2);
  });

  it("answers again once a request has failed, also when the channel closed before the child ended", async () => {
    const folder = await mkdtemp(join(tmpdir(), "larder-child-"));
    const child = open();
    const hangingUp = child.request("hangUp", join(folder, "hung-up"), call).catch(() => "ended");
    await expect.poll(() => readdir(folder), { timeout: 10_000 }).toEqual(["hung-up"]);
    await expect(child.request("echo", 1, call)).rejects.toMatchObject({ code: "CHILD_PROCESS_ENDED" });
    expect(await child.request("echo", "again", call)).toBe("again");
    expect(await hangingUp).toBe("ended");
    await rm(folder, { recursive: true });
  });

  it("runs onStart before any request of every start", async () => {
    const seen: unknown[] = [];
    const child = open({
      onStart: async (request) => {
        seen.push(await request("echo", "hello"));
      },
    });
    await child.request("echo", 1, call);
    const waiting = child.request("wait", undefined, call);
    await child.request("echo", "sent after it", call);
    child.kill(new LarderError("PARSER_TIMED_OUT"));
    const next = child.request("echo", 2, call);
    await expect(waiting).rejects.toMatchObject({ code: "PARSER_TIMED_OUT" });
    expect(await next).toBe(2);
    expect(seen).toEqual(["hello", "hello"]);
  });

  it("rejects with what onStart threw, and tries again at the next request", async () => {
    let isBroken = true;
    const child = open({
      restart: "on-demand",
      onStart: async () => {
        if (isBroken) throw new LarderError("EMBEDDER_MODEL_MISSING");
      },
    });
    await expect(child.request("echo", 1, call)).rejects.toMatchObject({ code: "EMBEDDER_MODEL_MISSING" });
    isBroken = false;
    await expect.poll(() => child.request("echo", 1, call).catch(() => 0)).toBe(1);
  });

  it("rejects with the signal's own reason and tells the handler", async () => {
    await shared.start(call);
    const abort = new AbortController();
    const reason = new Error("the reader left");
    const pending = shared.request("wait", undefined, { signal: abort.signal });
    abort.abort(reason);
    await expect(pending).rejects.toBe(reason);
    await expect(shared.request("echo", 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await shared.request("echo", 1, call)).toBe(1);
  });

  it("kills a child that blocks its event loop", async () => {
    const child = open({ restart: "on-demand" });
    await child.start(call);
    const spinning = child.request("spin", undefined, call);
    child.kill(new LarderError("PARSER_TIMED_OUT"));
    await expect(spinning).rejects.toMatchObject({ code: "PARSER_TIMED_OUT" });
    expect(await child.request("echo", 1, call)).toBe(1);
  });

  it.runIf(process.platform === "linux")("kills a child whose buffers pass the memory limit", async () => {
    const child = open({
      residentBytesMax: 300 * 2 ** 20,
      memoryError: () => new LarderError("PARSER_OUT_OF_MEMORY"),
    });
    await expect(child.request("hoard", undefined, call)).rejects.toMatchObject({ code: "PARSER_OUT_OF_MEMORY" });
  });

  it("refuses requests after it was closed, and closes twice", async () => {
    const child = open();
    await child.start(call);
    await child.close();
    await child.close();
    await expect(child.request("echo", 1, call)).rejects.toMatchObject({ code: "CHILD_PROCESS_ENDED" });
    expect(child.state).toBe("closed");
  });

  it("refuses who waits for a restart when it is closed meanwhile", async () => {
    const child = open({ restartDelayMsMin: 60_000 });
    await expect(child.request("crash", undefined, call)).rejects.toMatchObject({ code: "CHILD_PROCESS_ENDED" });
    const waiting = child.request("echo", 1, call);
    await child.close();
    await expect(waiting).rejects.toMatchObject({ code: "CHILD_PROCESS_ENDED" });
  });

  it("rejects when the entry does not exist", async () => {
    const child = open({ entry: entryUrl(import.meta.url, "./no-such-process"), restart: "on-demand" });
    await expect(child.request("echo", 1, call)).rejects.toMatchObject({ code: "CHILD_PROCESS_ENDED" });
  });
});

describe("the channel of frames", () => {
  it("carries bytes unchanged, many at once", async () => {
    const child = open({ entry: frameEntry, frames: {} });
    const bodies = Array.from({ length: 100 }, (_, i) =>
      Float32Array.from({ length: i + 1 }, (_value, j) => i / (j + 1)),
    );
    const replies = await Promise.all(bodies.map((body) => child.requestFrame(1, [bytesOf(body)], call)));
    const asFloats = ({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Float32Array =>
      new Float32Array(buffer, byteOffset, byteLength / 4);
    expect(replies.map(asFloats)).toEqual(bodies);
  });

  it("gives typed errors, and forgets what was aborted", async () => {
    const child = open({ entry: frameEntry, frames: {} });
    await expect(child.requestFrame(2, [], call)).rejects.toMatchObject({
      code: "DOCUMENT_EMPTY",
      details: { size: 0 },
    });
    await expect(child.requestFrame(99, [], call)).rejects.toMatchObject({ code: "UNEXPECTED" });
    const abort = new AbortController();
    const waiting = child.requestFrame(4, [Buffer.alloc(10)], { signal: abort.signal });
    expect((await child.requestFrame(1, [Buffer.alloc(3)], call)).byteLength).toBe(3); // by now the child has both
    abort.abort(new LarderError("REQUEST_ABORTED"));
    await expect(waiting).rejects.toMatchObject({ code: "REQUEST_ABORTED" });
    expect((await child.requestFrame(1, [Buffer.alloc(4)], call)).byteLength).toBe(4); // the late failure reaches nobody
  });

  it("refuses what the other end would take for damage, and goes on with the same child", async () => {
    const child = open({ entry: frameEntry, frames: { bodyBytesMax: 1_000 } });
    const refused = { code: "UNEXPECTED", details: { bodyBytesMax: 1_000 } };
    await expect(child.requestFrame(1, [Buffer.alloc(1_001)], call)).rejects.toMatchObject(refused);
    expect((await child.requestFrame(1, [Buffer.alloc(1_000)], call)).byteLength).toBe(1_000);
    await expect(child.requestFrame(5, [], call)).rejects.toMatchObject({ code: "UNEXPECTED" }); // its own default
    expect(child.starts).toBe(1);
  });

  it("is given up with its child when either end sends what is no frame, and comes back with the next child", async () => {
    const child = open({ entry: frameEntry, frames: { bodyBytesMax: 1_000 } });
    await expect(child.requestFrame(3, [], call)).rejects.toMatchObject({ code: "CHILD_PROCESS_ENDED" });
    expect(Buffer.from(await child.requestFrame(1, [Buffer.from("again")], call)).toString()).toBe("again");
    expect(child.starts).toBe(2);
  });
});

function bytesOf(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
