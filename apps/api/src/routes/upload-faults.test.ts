import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";
import type { StartedServer } from "../serve.ts";
import { startServer } from "../serve.ts";

let larder: TestLarder;
let server: StartedServer;
let path: string;
beforeAll(async () => {
  larder = await openTestLarder();
  const limits = {
    uploadBytesMax: 2_000_000,
    uploadRequestBytesMax: 3_000_000,
    textJsonBytesMax: 100_000,
    uploadFilesMax: 5,
    metadataBytesMax: 1_000,
    uploadIdleMs: 150,
  };
  server = await startServer(createApi(larder, { limits }), { host: "127.0.0.1", port: 0 });
  const call = { signal: new AbortController().signal };
  const { id } = await larder.store.createKnowledgeBase({ name: "faults", description: "", settings: {} }, call);
  path = `/v1/knowledge-bases/${id}/documents`;
});
afterAll(async () => {
  await server.close(0);
  await larder[Symbol.asyncDispose]();
});

const boundary = "b0undary";
const form = `multipart/form-data; boundary=${boundary}`;
const partOf = (name: string, content: string) =>
  `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n${content}\r\n`;
const end = `--${boundary}--\r\n`;

/** Sends the head and pieces of a request on a bare socket, and gives what comes back until the server hangs up. */
async function converse(headers: readonly string[], pieces: readonly string[], method = "POST", at = path) {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  let received = "";
  socket.on("data", (bytes) => {
    received += bytes.toString();
  });
  socket.write([`${method} ${at} HTTP/1.1`, "host: localhost", ...headers, "", ""].join("\r\n"));
  for (const piece of pieces) socket.write(piece);
  return { socket, closed: once(socket, "close").then(() => received), received: () => received };
}

const incoming = async () =>
  (await readdir(join(larder.folder, "blobs"))).filter((name) => name.endsWith(".incoming")).length;
const isServing = async () => (await fetch(`${server.url}/health/live`)).status === 200;

describe("a body that says that it is too long", () => {
  it.each([
    {
      what: "form",
      type: form,
      length: 3_000_001,
      code: "REQUEST_TOO_LARGE",
      setting: "LARDER_UPLOAD_REQUEST_BYTES_MAX",
    },
    {
      what: "text",
      type: "application/json",
      length: 100_001,
      code: "REQUEST_TOO_LARGE",
      setting: "LARDER_TEXT_JSON_BYTES_MAX",
    },
  ])("is refused before any of a $what is read", async ({ type, length, code, setting }) => {
    const { socket, received } = await converse([`content-type: ${type}`, `content-length: ${length}`], []);
    while (!received().includes(setting)) await once(socket, "data"); // not a byte of the body was sent
    expect(received()).toMatch(/^HTTP\/1\.1 413 /);
    expect(received()).toContain(`"code":"${code}"`);
    socket.destroy();
  });

  it("is refused for one document by the limit of one", async () => {
    const made = await fetch(server.url + path, {
      method: "POST",
      body: '{"text":"to be replaced"}',
      headers: { "content-type": "application/json" },
    });
    const [document] = (await readReply(made)).documents;
    const headers = [`content-type: ${form}`, "content-length: 2500000"];
    const { socket, received } = await converse(headers, [], "PUT", `${path}/${document?.id}`);
    while (!received().includes("LARDER_UPLOAD_BYTES_MAX")) await once(socket, "data");
    expect(received()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it("is stopped at the limit when it says nothing", async () => {
    const bytes = Buffer.from(partOf("long.txt", "x".repeat(2_000_001)) + end);
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(bytes));
        controller.close();
      },
    });
    const sent = { method: "POST", body: chunked, duplex: "half", headers: { "content-type": form } } as const;
    expect(await readReply(fetch(server.url + path, sent))).toMatchObject({ status: 413, code: "DOCUMENT_TOO_LARGE" });
    expect(await incoming()).toBe(0);
  });
});

describe("a sender that stalls", () => {
  it.each([
    { what: "inside a file", type: form, body: partOf("a.txt", "almost all of it").slice(0, -4) },
    { what: "before the last boundary", type: form, body: partOf("a.txt", "all of it") },
    { what: "inside a text", type: "application/json", body: '{"text":"almost' },
  ])("$what is told so, and leaves nothing", async ({ type, body }) => {
    const { closed } = await converse([`content-type: ${type}`, "content-length: 5000"], [body]);
    const received = await closed; // by the server, which keeps no socket for it
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    expect(received).toContain('"code":"REQUEST_STALLED"');
    expect(await incoming()).toBe(0);
  });
});

it("leaves nothing of an upload whose sender goes away in the middle", async () => {
  const { socket } = await converse(
    [`content-type: ${form}`, "content-length: 1000000"],
    [partOf("a.txt", "begun").slice(0, -2)],
  );
  while ((await incoming()) === 0) await new Promise(setImmediate);
  socket.destroy();
  while ((await incoming()) > 0) await new Promise(setImmediate);
  expect(await isServing()).toBe(true);
});

it.each([
  { what: "10,000 parts", body: partOf("a.txt", "x").repeat(10_000) + end, status: 413 },
  {
    what: "a boundary of 10 kB that nothing ends",
    type: `multipart/form-data; boundary=${"b".repeat(10_000)}`,
    body: "x".repeat(50_000),
    status: 400,
  },
])("refuses $what", async ({ body, type = form, status }) => {
  const reply = await fetch(server.url + path, { method: "POST", body, headers: { "content-type": type } });
  expect((await readReply(reply)).status).toBe(status);
  expect(await incoming()).toBe(0);
  expect(await isServing()).toBe(true);
});

it("makes one document of two uploads that come at the same time under one id", async () => {
  const send = (text: string) =>
    fetch(server.url + path, {
      method: "POST",
      body: JSON.stringify({ text, external_id: "twice" }),
      headers: { "content-type": "application/json" },
    }).then(readReply);
  const replies = await Promise.all(["first", "second", "third"].map(send));
  expect(new Set(replies.map(({ documents }) => documents[0]?.id)).size).toBe(1);
});

it.each([
  { what: "__proto__", metadata: '{"__proto__":{"polluted":1}}' },
  { what: "__proto__ further down", metadata: '{"a":{"__proto__":{"polluted":1}}}' },
  { what: "1,000 levels", metadata: `${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`, status: 413 },
  { what: "1 MB", metadata: `{"a":"${"x".repeat(1_000_000)}"}`, status: 413 },
  { what: "NaN", metadata: '{"score":NaN}' },
  { what: "1e999", metadata: '{"score":1e999}' },
])("refuses metadata with $what", async ({ metadata, status = 400 }) => {
  const body = new FormData();
  body.append("file", new Blob(["x"]), "a.txt");
  body.append("metadata", metadata);
  expect((await readReply(fetch(server.url + path, { method: "POST", body }))).status).toBe(status);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

it("keeps metadata whose names mean something elsewhere as what they are", async () => {
  const metadata = { constructor: "a", lc: 1, toString: null };
  const body = new FormData();
  body.append("file", new Blob(["of names"]), "a.txt");
  body.append("metadata", JSON.stringify(metadata));
  const { documents } = await readReply(fetch(server.url + path, { method: "POST", body }));
  const document = await (await fetch(`${server.url}${path}/${documents[0]?.id}`)).json();
  expect(document).toMatchObject({ metadata });
});
