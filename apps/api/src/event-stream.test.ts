import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import type { ApiContext } from "./api-env.ts";
import { createRouter } from "./api-env.ts";
import { respondWithStream } from "./event-stream.ts";
import { requestContext } from "./middleware/request-context.ts";
import { startServer } from "./serve.ts";

const heartbeatMs = 5;
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
});

/** A server with one route, and a socket to it. */
async function serve(handle: (c: ApiContext) => Response | Promise<Response>): Promise<Socket> {
  const app = createRouter();
  app.use("*", requestContext);
  app.get("/", handle);
  const server = await startServer(app, { host: "127.0.0.1", port: 0 });
  opened.push({ [Symbol.asyncDispose]: () => server.close(0) });
  return connect(Number(new URL(server.url).port), "127.0.0.1");
}

const request = (method: string) => `${method} / HTTP/1.1\r\nhost: localhost\r\n\r\n`;

/** More than any socket takes at once, without an end of its own; tells when it was told to return. */
function endless() {
  let tell: () => void = () => undefined;
  const returned = new Promise<void>((resolve) => {
    tell = resolve;
  });
  async function* texts(): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) yield "x".repeat(100_000);
    } finally {
      tell();
    }
  }
  return { returned, texts };
}

it("says nothing to a reader who left before the first text, and lets go of the source", async () => {
  const { returned, texts } = endless();
  const written: unknown[] = [];
  const socket = await serve(async (c) => {
    const outgoing = c.env.outgoing;
    if (outgoing === undefined) throw new Error("it came without a server");
    const closed = once(outgoing, "close");
    socket.destroy();
    await closed;
    const write = outgoing.write.bind(outgoing);
    outgoing.write = (bytes: unknown) => {
      written.push(bytes);
      return write(bytes);
    };
    return respondWithStream(c, texts(), { heartbeatMs });
  });
  socket.write(request("GET"));
  await returned;
  await delay(10 * heartbeatMs);
  expect(written).toEqual([]);
});

it("answers HEAD with the headers of the stream, and asks the source for nothing", async () => {
  let asked = 0;
  const texts = {
    async next() {
      asked += 1;
      await delay(1);
      return { done: false as const, value: "data: plums\n\n" };
    },
  };
  const socket = await serve((c) => respondWithStream(c, texts, { heartbeatMs }));
  socket.write(request("HEAD").replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"));
  const said = await text(socket);
  expect(said).toMatch(/^HTTP\/1\.1 200 /);
  expect(said).toMatch(/^content-type: text\/event-stream/im);
  expect(said).toMatch(/^x-request-id: req_/im);
  expect(asked).toBe(0);
});

it("lets go of a stream that waits behind another one when their reader leaves", async () => {
  const both = [endless(), endless()];
  let begun = 0;
  const socket = await serve((c) => {
    const { texts } = both[begun++] ?? endless();
    if (begun === 2) setImmediate(() => socket.destroy());
    return respondWithStream(c, texts(), { heartbeatMs });
  });
  socket.write(request("GET") + request("GET"));
  await Promise.all(both.map(({ returned }) => returned));
});
