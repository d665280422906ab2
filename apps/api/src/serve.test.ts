import { once } from "node:events";
import { connect } from "node:net";
import type { AnswerEvent } from "@larder/contracts";
import { LarderError, Secret } from "@larder/contracts";
import { afterEach, expect, it } from "vitest";
import type { TestLarderOptions } from "../test/open-test-larder.ts";
import { answer, evidence, openTestLarder } from "../test/open-test-larder.ts";
import { readReply } from "../test/read-reply.ts";
import type { ApiLimits } from "./api-settings.ts";
import { createApi } from "./create-api.ts";
import type { StartedServer } from "./serve.ts";
import { startServer } from "./serve.ts";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
});

async function start(options: TestLarderOptions = {}, limits: Partial<ApiLimits> = {}) {
  const larder = await openTestLarder(options);
  opened.push(larder);
  const app = createApi(larder, { limits });
  const server = await startServer(app, {
    host: "127.0.0.1",
    port: 0,
    headersTimeoutMs: 500,
    requestTimeoutMs: 3_000,
  });
  opened.push({ [Symbol.asyncDispose]: () => server.close(0) });
  const made = await post(server, "/v1/knowledge-bases", { name: "pantry" });
  const { id } = await readReply(made);
  return { larder, server, kb: `/v1/knowledge-bases/${id}` };
}

function post(server: StartedServer, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(server.url + path, {
    method: "POST",
    body: JSON.stringify(body),
    headers,
    ...(signal ? { signal } : {}),
  });
}

/** Sends bytes as they are and gives all that comes back. */
async function exchange(server: StartedServer, bytes: string): Promise<string> {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write(bytes);
  let received = "";
  socket.on("data", (piece) => {
    received += piece.toString();
  });
  await once(socket, "close");
  return received;
}

/** An answer that stands still after its first words until it is aborted; tells when it was. */
function standstill() {
  const seen: { reason?: unknown } = {};
  let tell: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => {
    tell = resolve;
  });
  async function* events(signal: AbortSignal): AsyncGenerator<AnswerEvent> {
    yield { kind: "evidence", evidence: [evidence] };
    yield { kind: "text", text: "Plums " };
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    seen.reason = signal.reason;
    tell();
    throw signal.reason;
  }
  return { seen, aborted, answer: events };
}

it("refuses an address that others can reach without keys", async () => {
  const app = { fetch: () => new Response() };
  await expect(startServer(app, { host: "0.0.0.0", port: 0 })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  const server = await startServer(app, { host: "0.0.0.0", port: 0, apiKeys: [new Secret("0123456789abcdef")] });
  await server.close(0);
});

it("tells a port that is taken as a setting", async () => {
  const { server } = await start();
  const port = Number(new URL(server.url).port);
  const again = startServer({ fetch: () => new Response() }, { host: "127.0.0.1", port });
  const problems = expect.stringContaining(`127.0.0.1:${port} is in use by another program`);
  await expect(again).rejects.toMatchObject({ code: "CONFIG_INVALID", details: { problems } });
});

it("streams an answer as events, each one line of JSON", async () => {
  const { server, kb } = await start();
  const response = await post(server, `${kb}/query`, { question: "plums?", stream: true });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const events = (await response.text())
    .trim()
    .split("\n\n")
    .map((block) => block.split("\n"));
  expect(events.map(([name]) => name)).toEqual([
    "event: evidence",
    "event: route",
    "event: delta",
    "event: delta",
    "event: done",
  ]);
  const whole = await (await post(server, `${kb}/query`, { question: "plums?" })).text();
  expect(events.at(-1)?.[1]).toBe(`data: ${whole}`);
});

it("ends a stream that breaks with an error, and no done", async () => {
  async function* broken(): AsyncGenerator<AnswerEvent> {
    yield { kind: "text", text: "Plums " };
    yield { kind: "failed", error: { code: "PROVIDER_STREAM_BROKEN", message: "m", hint: "h" } };
  }
  const { server, kb } = await start({ answer: broken });
  const text = await (await post(server, `${kb}/query`, { question: "plums?", stream: true })).text();
  expect(text).toMatch(/event: error\ndata: \{.*PROVIDER_STREAM_BROKEN.*\}\n\n$/);
  expect(text).not.toContain("event: done");
  expect((await post(server, `${kb}/query`, { question: "plums?" })).status).toBe(502);
});

it("answers what is refused before the first event as a problem, not as a stream", async () => {
  async function* refused(): AsyncGenerator<AnswerEvent> {
    yield* [];
    throw new LarderError("POLICY_UNSATISFIABLE");
  }
  const { server, kb } = await start({ answer: refused });
  expect((await post(server, `${kb}/query`, { question: "plums?", stream: true })).status).toBe(422);
});

it("fills a silence with comments", async () => {
  async function* slow(): AsyncGenerator<AnswerEvent> {
    yield { kind: "text", text: "Plums " };
    await new Promise((resolve) => setTimeout(resolve, 120));
    yield { kind: "finished", answer };
  }
  const { server, kb } = await start({ answer: slow }, { heartbeatMs: 20 });
  const text = await (await post(server, `${kb}/query`, { question: "plums?", stream: true })).text();
  expect(text).toContain(": still here\n\n");
});

it.each([true, false])("aborts the work when its client leaves (stream: %s)", async (stream) => {
  const { answer: still, aborted, seen } = standstill();
  const { server, kb } = await start({ answer: still });
  const controller = new AbortController();
  const sent = post(server, `${kb}/query`, { question: "plums?", stream }, controller.signal);
  if (stream) await (await sent).body?.getReader().read();
  else await until(async () => (await (await fetch(`${server.url}/metrics`)).text()).includes("in_flight 2"));
  controller.abort();
  if (!stream) await expect(sent).rejects.toThrow();
  await aborted;
  expect(seen.reason).toMatchObject({ code: "REQUEST_ABORTED" });
});

it("gives requests their grace, then tells a stream why it ends", async () => {
  const { answer: still } = standstill();
  const { server, kb } = await start({ answer: still });
  const response = await post(server, `${kb}/query`, { question: "plums?", stream: true });
  const started = performance.now();
  const closing = server.close(100);
  expect(await response.text()).toMatch(/event: error\ndata: \{.*SERVER_STOPPING.*\}\n\n$/);
  await closing;
  expect(performance.now() - started).toBeGreaterThan(90);
  await expect(fetch(server.url)).rejects.toThrow();
  await server.close(100); // again is nothing
});

it("answers a request in work with a 503 when the grace is over", async () => {
  const { answer: still } = standstill();
  const { server, kb } = await start({ answer: still });
  const sent = post(server, `${kb}/query`, { question: "plums?" });
  await until(async () => (await (await fetch(`${server.url}/metrics`)).text()).includes("in_flight 2"));
  const closing = server.close(50);
  const response = await sent;
  expect([response.status, (await readReply(response)).code]).toEqual([503, "SERVER_STOPPING"]);
  await closing;
});

it("ends the events of a job at once when the server stops", async () => {
  const { server, kb } = await start();
  const { job_id } = await readReply(post(server, `${kb}/documents`, { text: "plums" }));
  const response = await fetch(`${server.url}/v1/jobs/${job_id}/events`);
  const stoppingAtMs = performance.now();
  const closing = server.close(10_000);
  const text = await response.text();
  expect(text).toContain("event: progress");
  expect(text).toContain("SERVER_STOPPING");
  await closing;
  expect(performance.now() - stoppingAtMs).toBeLessThan(2_500); // the client keeps its idle connection for 3 s
});

it.each([
  { what: "bytes that are not HTTP", bytes: "\u0000\u0001\r\n\r\n", status: 400 },
  {
    what: "headers over their limit",
    bytes: `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
    status: 431,
  },
  { what: "a host that is no name", bytes: "GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n", status: 400 },
  {
    what: "two lengths",
    bytes: "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
    status: 400,
  },
  { what: "headers that never end", bytes: "GET / HTTP/1.1\r\nhost: localhost\r\n", status: 408 },
])("answers $what with a problem", async ({ bytes, status }) => {
  const { server } = await start();
  const received = await exchange(server, bytes);
  expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(received).toContain("application/problem+json");
});

it("says at once that a body is too large, whatever its sender still has to say", async () => {
  const { server } = await start();
  const head =
    "POST /v1/quote HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 9999999999\r\n\r\n";
  expect(await exchange(server, head)).toMatch(/^HTTP\/1.1 413 /);
});

it("leaves nothing of an upload whose sender goes away", async () => {
  const { server, kb, larder } = await start();
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  const part = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nthe first half';
  const type = "content-type: multipart/form-data; boundary=b";
  socket.write(`POST ${kb}/documents HTTP/1.1\r\nhost: 127.0.0.1\r\n${type}\r\ncontent-length: 5000\r\n\r\n${part}`);
  await until(async () => (await (await fetch(`${server.url}/metrics`)).text()).includes("in_flight 2"));
  socket.destroy();
  await until(async () => (await (await fetch(`${server.url}/metrics`)).text()).includes("in_flight 1"));
  expect((await readReply(fetch(`${server.url}${kb}/documents`))).data).toEqual([]);
  expect(larder.wakes()).toBe(0);
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it never became true");
}
