import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";

let larder: TestLarder;
let app: ReturnType<typeof createApi>;
let path: string;
beforeAll(async () => {
  larder = await openTestLarder();
  const limits = { uploadBytesMax: 200_000, uploadFilesMax: 5, metadataBytesMax: 1_000 };
  app = createApi(larder, { limits });
  const call = { signal: new AbortController().signal };
  const { id } = await larder.store.createKnowledgeBase({ name: "pantry", description: "", settings: {} }, call);
  path = `/v1/knowledge-bases/${id}/documents`;
});
afterAll(() => larder[Symbol.asyncDispose]());

function formOf(
  files: Record<string, string | Uint8Array<ArrayBuffer>>,
  fields: Record<string, string> = {},
): FormData {
  const form = new FormData();
  for (const [name, content] of Object.entries(files)) form.append("file", new Blob([content]), name);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

const post = (body: FormData | string, headers: Record<string, string> = {}, query = "") =>
  app.request(`${path}${query}`, { method: "POST", body, headers });
const postJson = (body: unknown, query = "") =>
  post(JSON.stringify(body), { "content-type": "application/json" }, query);
const list = async () => (await readReply(app.request(`${path}?limit=200`))).data;
const blobs = async () =>
  (await readdir(join(larder.folder, "blobs"), { recursive: true })).filter((name) => name.includes("."));

it("takes files in their order and tells the worker", async () => {
  const before = larder.wakes();
  const response = await post(formOf({ "plum.txt": "plums", "fig.md": "# figs" }, { metadata: '{"shelf":1}' }));
  expect(response.status).toBe(202);
  const { documents, job_id } = await readReply(response);
  expect(documents).toMatchObject([
    { title: "plum.txt", status: "queued", duplicate_of: null },
    { title: "fig.md", status: "queued", duplicate_of: null },
  ]);
  expect(larder.wakes()).toBe(before + 1);
  const document = await readReply(app.request(`${path}/${documents[1]?.id}`));
  expect(document).toMatchObject({ file_name: "fig.md", bytes: 6, version: 0, metadata: { shelf: 1 }, error: null });
  const job = await readReply(app.request(`/v1/jobs/${job_id}`));
  expect(job).toMatchObject({ state: "queued", documents: documents.map(({ id }) => ({ id })) });
});

it("keeps the same bytes once, also when they come at the same time", async () => {
  const sent = await Promise.all(Array.from({ length: 8 }, () => post(formOf({ "same.txt": "the same" }))));
  const ids = await Promise.all(sent.map(async (response) => (await readReply(response)).documents[0]?.id));
  expect(new Set(ids).size).toBe(1);
});

it("takes a text, and its next version by its external id", async () => {
  const first = await readReply(postJson({ text: "one", external_id: "note-1", title: "Note" }));
  const second = await readReply(postJson({ text: "two", external_id: "note-1", title: "Note" }));
  expect(second.documents[0]?.id).toBe(first.documents[0]?.id);
});

it("puts a new version in a document's place", async () => {
  const { documents } = await readReply(postJson({ text: "before" }));
  const response = await app.request(`${path}/${documents[0]?.id}`, {
    method: "PUT",
    body: formOf({ "a.txt": "after" }),
  });
  expect(response.status).toBe(202);
  expect((await readReply(response)).documents[0]?.id).toBe(documents[0]?.id);
});

it("forgets a deleted document", async () => {
  const { documents } = await readReply(postJson({ text: "to be deleted" }));
  expect((await app.request(`${path}/${documents[0]?.id}`, { method: "DELETE" })).status).toBe(204);
  expect((await app.request(`${path}/${documents[0]?.id}`)).status).toBe(404);
});

it("waits no longer than it is told to", async () => {
  const started = performance.now();
  const { documents } = await readReply(postJson({ text: "wait for me" }, "?wait_ms=120"));
  expect(documents[0]?.status).toBe("queued"); // nothing works here
  expect(performance.now() - started).toBeGreaterThanOrEqual(110);
});

it("replays an upload by the hashes of its files, whatever its boundary", async () => {
  const headers = { "idempotency-key": "upload-1" };
  const first = await post(formOf({ "i.txt": "idempotent" }), headers);
  const again = await post(formOf({ "i.txt": "idempotent" }), headers); // FormData makes a new boundary
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(await readReply(again)).toEqual(await readReply(first));
});

it.each([
  { what: "no file", form: () => formOf({}, { metadata: "{}" }), code: "REQUEST_INVALID", status: 400 },
  { what: "an empty file", form: () => formOf({ "a.txt": "" }), code: "DOCUMENT_EMPTY", status: 400 },
  {
    what: "a part of another name",
    form: () => formOf({ "a.txt": "a" }, { colour: "x" }),
    code: "REQUEST_INVALID",
    status: 400,
  },
  {
    what: "metadata that is not JSON",
    form: () => formOf({ "a.txt": "a" }, { metadata: "{" }),
    code: "REQUEST_INVALID",
    status: 400,
  },
  {
    what: "metadata that is a list",
    form: () => formOf({ "a.txt": "a" }, { metadata: "[]" }),
    code: "REQUEST_INVALID",
    status: 400,
  },
  {
    what: "a prototype in metadata",
    form: () => formOf({ "a.txt": "a" }, { metadata: '{"__proto__":{"x":1}}' }),
    code: "REQUEST_INVALID",
    status: 400,
  },
  {
    what: "metadata over its limit",
    form: () => formOf({ "a.txt": "a" }, { metadata: `{"a":"${"x".repeat(2_000)}"}` }),
    code: "REQUEST_TOO_LARGE",
    status: 413,
  },
  {
    what: "a title for two files",
    form: () => formOf({ "a.txt": "a", "b.txt": "b" }, { title: "t" }),
    code: "REQUEST_INVALID",
    status: 400,
  },
  {
    what: "too many files",
    form: () => formOf(Object.fromEntries("abcdef".split("").map((n) => [n, n]))),
    code: "REQUEST_TOO_LARGE",
    status: 413,
  },
  {
    what: "a file over its limit",
    form: () => formOf({ "a.bin": new Uint8Array(200_001).fill(7) }),
    code: "DOCUMENT_TOO_LARGE",
    status: 413,
  },
])("refuses $what and keeps nothing", async ({ form, code, status }) => {
  const before = (await list()).length;
  const response = await post(form());
  expect(await readReply(response)).toMatchObject({ status, code });
  expect((await list()).length).toBe(before);
  expect((await blobs()).filter((name) => name.endsWith(".incoming"))).toEqual([]);
});

it.each([
  { what: "no boundary", body: "x", type: "multipart/form-data" },
  {
    what: "no last boundary",
    body: '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\ntext',
    type: "multipart/form-data; boundary=b",
  },
  { what: "headers cut short", body: "--b\r\ncontent-dispo", type: "multipart/form-data; boundary=b" },
  { what: "nothing at all", body: "", type: "multipart/form-data; boundary=b" },
])("refuses a form with $what", async ({ body, type }) => {
  const response = await post(body, { "content-type": type });
  expect(await readReply(response)).toMatchObject({ status: 400, code: "REQUEST_INVALID" });
});

it.each(["../../etc/passwd", "CON", "CON\r\nx: y", "\u202egnp.exe", `${"n".repeat(4_000)}.txt`, "..", "<img src=x>"])(
  "shows the file name %j without folders and signs, at most 200 characters",
  async (name) => {
    const { documents } = await readReply(post(formOf({ [name]: `text of ${name}` })));
    expect(documents[0]?.title).toMatch(/^[^/\\\p{Cc}\p{Cf}]{1,200}$/u);
    expect(documents[0]?.title).not.toBe("..");
  },
);

it("refuses a file name with a NUL", async () => {
  expect((await post(formOf({ "a\0b": "nul" }))).status).toBe(400);
});

describe("an address", () => {
  it("is refused where only this machine may ask", async () => {
    const before = (await list()).length;
    const problem = await readReply(postJson({ url: "http://169.254.169.254/" }));
    expect(problem).toMatchObject({ status: 422, code: "ADDRESS_REFUSED", reason: "not_public" });
    expect((await list()).length).toBe(before);
  });

  it("is no text besides", async () => {
    const problem = await readReply(postJson({ url: "http://example.com/", text: "words" }));
    expect(problem).toMatchObject({ status: 400, code: "REQUEST_INVALID" });
  });

  it("gives a document, and a new version of it when its content has changed", async () => {
    let page = "<h1>Plums</h1>";
    const server = createServer((request, reply) =>
      request.url === "/jam/plums.html"
        ? reply.writeHead(200, { "content-type": "text/html" }).end(page)
        : reply.writeHead(404).end(),
    );
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using pantry = await openTestLarder({ privateHosts: [host] });
    const routes = createApi(pantry);
    const call = { signal: new AbortController().signal };
    const { id } = await pantry.store.createKnowledgeBase({ name: "web", description: "", settings: {} }, call);
    const documentsPath = `/v1/knowledge-bases/${id}/documents`;
    const headers = { "content-type": "application/json" };
    const take = (address: string, key?: string) =>
      routes.request(documentsPath, {
        method: "POST",
        headers: key === undefined ? headers : { ...headers, "idempotency-key": key },
        body: JSON.stringify({ url: `http://${host}${address}` }),
      });
    try {
      const [first] = (await readReply(take("/jam/plums.html#top"))).documents;
      expect(await readReply(routes.request(`${documentsPath}/${first?.id}`))).toMatchObject({
        title: "plums.html",
        media_type: "text/html",
        external_id: `http://${host}/jam/plums.html`,
        metadata: { source_url: `http://${host}/jam/plums.html` },
      });
      const [again] = (await readReply(take("/jam/plums.html"))).documents;
      expect(again).toMatchObject({ id: first?.id, duplicate_of: first?.id });
      const keyed = await readReply(take("/jam/plums.html", "once"));
      page = "<h1>Plums and figs</h1>";
      expect(await readReply(take("/jam/plums.html", "once"))).toEqual(keyed); // the same request, whatever is there now
      const [changed] = (await readReply(take("/jam/plums.html"))).documents;
      expect(changed).toMatchObject({ id: first?.id, duplicate_of: null });
      expect(changed?.sha256).not.toBe(first?.sha256);
      expect(await readReply(take("/none"))).toMatchObject({ status: 502, code: "ADDRESS_ANSWERED_ERROR" });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

it("refuses one upload more than it receives at once, and takes it later", async () => {
  const tight = createApi(larder, { limits: { uploadsAtOnceMax: 1 } });
  let finish: () => void = () => undefined;
  const held = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"text":"slow'));
      finish = () => {
        controller.enqueue(new TextEncoder().encode('ly"}'));
        controller.close();
      };
    },
  });
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", body: held, duplex: "half", headers } as const;
  const slow = tight.request(new Request(`http://localhost${path}`, init));
  const quick = () => tight.request(path, { method: "POST", body: '{"text":"quick"}', headers });
  let refused = await quick();
  while (refused.status !== 429) refused = await quick(); // until the slow one has begun
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  finish();
  expect((await slow).status).toBe(202);
  expect((await quick()).status).toBe(202);
});

it("refuses uploads while too many tasks wait", async () => {
  const full = createApi(larder, { limits: { queueDocumentsMax: 1 } });
  const headers = { "content-type": "application/json" };
  const response = await full.request(path, { method: "POST", body: '{"text":"one more"}', headers });
  expect(await readReply(response)).toMatchObject({ status: 429, code: "QUEUE_FULL", retryable: true });
});
