import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request as sendRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { composeLarder } from "../src/compose.ts";
import { readConfig } from "../src/config.ts";
import { createApi } from "../src/create-api.ts";
import type { Larder } from "../src/larder.ts";
import type { StartedServer } from "../src/serve.ts";
import { startServer } from "../src/serve.ts";
import type { BadRequest } from "./bad-requests/bad-request.ts";
import { badRequests } from "./bad-requests/bad-requests.ts";
import { readOperations } from "./read-operations.ts";
import { readReply } from "./read-reply.ts";

const casesCount = 1_000;
const settings = { uploadBytesMax: 100_000, jsonBytesMax: 50_000, textJsonBytesMax: 100_000 };
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

let folder: string;
let larder: Larder;
let server: StartedServer;
let ids: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-bad-requests-"));
  const config = readConfig({ LARDER_DATA_DIR: folder, LARDER_OFFLINE: "1" });
  larder = await composeLarder(config, { wake: () => undefined, health: () => undefined });
  server = await startServer(createApi(larder, { limits: settings }), { host: "127.0.0.1", port: 0 });
  const post = (path: string, body: unknown) =>
    fetch(server.url + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const { id: kb } = await readReply(post("/v1/knowledge-bases", { name: "the only one" }));
  const { documents, job_id: job } = await readReply(post(`/v1/knowledge-bases/${kb}/documents`, { text: "plums" }));
  const doc = documents[0]?.id ?? "";
  const budget = { scope: "total", window: "day" };
  ids = {
    kb,
    job,
    doc,
    ...budget,
    receipt: "rcp_00000000000000000000",
    run: "run_00000000000000000000",
    model: "none",
    code: "NONE",
  };
});
afterAll(async () => {
  agent.destroy();
  await server.close(0);
  await larder[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

interface Received {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

function send({ method, path, headers, body }: BadRequest): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const request = sendRequest({ agent, hostname, port, method, path, headers: { ...headers } }, (response) => {
      collect(response).then(resolve, reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function collect(response: IncomingMessage): Promise<Received> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  const { statusCode: status = 0, headers } = response;
  return { status, contentType: headers["content-type"] ?? "", body: Buffer.concat(pieces).toString() };
}

/** Signs of the machine or of the code in a body. */
const leaks = /node_modules|\bat \S+ \(|\.[cm]?[jt]s:\d|SQLITE|SELECT |INSERT |\/(?:root|home|tmp|usr|var|work)\//;

function expectProblem({ status, contentType, body }: Received): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(contentType).toBe("application/problem+json");
  const problem = JSON.parse(body);
  expect(problem).toMatchObject({ status, type: `/errors/${problem.code}`, retryable: expect.any(Boolean) });
  expect(problem.request_id).not.toBe("");
  expect(body).not.toMatch(leaks);
  expect(body).not.toContain(folder);
}

it(`answers ${casesCount} bad requests with a problem each, and stands as before`, async () => {
  const operations = readOperations(await (await fetch(`${server.url}/openapi.json`)).json());
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(badRequests({ operations, ids }, settings), async (bad) => {
      const received = await send(bad);
      seen.set(bad.defect, (seen.get(bad.defect) ?? 0) + 1);
      expectProblem(received);
    }),
    { numRuns: casesCount },
  );
  expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(casesCount);
  expect(seen.size).toBe(21); // every kind of defect was tried
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  const bases = await readReply(fetch(`${server.url}/v1/knowledge-bases?limit=200`));
  expect(bases.data.map(({ id }) => id)).toEqual([ids.kb]);
  const documents = await readReply(fetch(`${server.url}/v1/knowledge-bases/${ids.kb}/documents`));
  expect(documents.data.map(({ id }) => id)).toEqual([ids.doc]);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

it("answers bytes that are hardly HTTP with a problem, or hangs up", async () => {
  const path = `/v1/knowledge-bases/${ids.kb}/documents`;
  const heads = fc.constantFrom(
    "",
    "GET ",
    "GET / HTTP/1.1\r\n",
    "GET / HTTP/9.9\r\nhost: localhost\r\n\r\n",
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"text":`,
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"te`,
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 900\r\n\r\n--b\r\n`,
  );
  await fc.assert(
    fc.asyncProperty(heads, fc.uint8Array({ maxLength: 60 }), async (head, tail) => {
      const received = await exchange(Buffer.concat([Buffer.from(head, "latin1"), tail]));
      expect(received).toMatch(/^(?:HTTP\/1\.1 4\d\d .*application\/problem\+json.*)?$/s);
      expect(received).not.toMatch(leaks);
    }),
    { numRuns: 150 },
  );
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
});

/** Sends bytes, says that no more will come, and gives what was answered. */
function exchange(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    let received = "";
    socket.on("data", (piece) => {
      received += piece.toString("latin1");
    });
    socket.on("error", () => resolve(received));
    socket.on("close", () => resolve(received));
    socket.end(bytes);
  });
}
