import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeTar, writeZip } from "@larder/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";

let larder: TestLarder;
let app: ReturnType<typeof createApi>;
let path: string;
const call = { signal: new AbortController().signal };
beforeAll(async () => {
  larder = await openTestLarder();
  app = createApi(larder, { limits: { uploadBytesMax: 200_000, uploadDocumentsMax: 6 } });
  const { id } = await larder.store.createKnowledgeBase({ name: "boxes", description: "", settings: {} }, call);
  path = `/v1/knowledge-bases/${id}/documents`;
});
afterAll(() => larder[Symbol.asyncDispose]());

async function post(files: Record<string, Uint8Array>, fields: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, bytes] of Object.entries(files)) form.append("file", new Blob([new Uint8Array(bytes)]), name);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return await readReply(app.request(path, { method: "POST", body: form }));
}
const read = (id: string | undefined) => readReply(app.request(`${path}/${id}`));
const unpacking = async () => await readdir(join(larder.folder, "unpacking")).catch(() => []);

const shelf = [
  { name: "jam/plums.md", content: "# Plums" },
  { name: "jam/figs.txt", content: "figs" },
  { name: "jam/inner.zip", content: writeZip([{ name: "x.txt", content: "never opened" }]) },
];

it("becomes one document a file, all in one job", async () => {
  const { documents, job_id } = await post(
    { "shelf.zip": writeZip(shelf) },
    { metadata: '{"row":2}', external_id: "s1" },
  );
  expect(documents.map(({ title, file_name, status }) => ({ title, file_name, status }))).toEqual([
    { title: "plums.md", file_name: "jam/plums.md", status: "queued" },
    { title: "figs.txt", file_name: "jam/figs.txt", status: "queued" },
    { title: "inner.zip", file_name: "jam/inner.zip", status: "queued" },
  ]);
  expect(await read(documents[0]?.id)).toMatchObject({
    external_id: "s1!/jam/plums.md",
    metadata: { row: 2, archive: "shelf.zip" },
    bytes: 7,
  });
  const job = await readReply(app.request(`/v1/jobs/${job_id}`));
  expect(job).toMatchObject({ documents: documents.map(({ id }) => ({ id })) });
  expect(await unpacking()).toEqual([]);
});

it("gives duplicates only when it comes again, in whatever archive", async () => {
  const entries = shelf.map((entry) => ({ ...entry, content: entry.content }));
  for (const bytes of [writeZip(shelf), writeTar(entries), gzipSync(writeTar(entries))]) {
    const { documents } = await post({ again: bytes });
    expect(documents).toHaveLength(3);
    for (const { id, duplicate_of } of documents) expect(duplicate_of).toBe(id);
  }
});

it("gives new versions of its files under its external id", async () => {
  const first = await post({ "v.tar": writeTar([{ name: "a", content: "one" }]) }, { external_id: "v" });
  const second = await post({ "v.tar": writeTar([{ name: "a", content: "two" }]) }, { external_id: "v" });
  expect(second.documents[0]).toMatchObject({ id: first.documents[0]?.id, duplicate_of: null });
});

it("stands between other files in their order", async () => {
  const { documents } = await post({
    "before.txt": Buffer.from("before"),
    "box.zip": writeZip([{ name: "in.txt", content: "in the box" }]),
    "after.txt": Buffer.from("after"),
  });
  expect(documents.map(({ title }) => title)).toEqual(["before.txt", "in.txt", "after.txt"]);
});

it.each([
  { what: "leads out", bytes: writeZip([{ name: "../x", content: "x" }]), status: 422, code: "ARCHIVE_UNSAFE" },
  { what: "is a bomb", bytes: gzipSync(Buffer.alloc(3_000_000)), status: 413, code: "ARCHIVE_TOO_LARGE" },
  {
    what: "has a file over the limit of one",
    bytes: gzipSync(Buffer.alloc(200_001)),
    status: 413,
    code: "DOCUMENT_TOO_LARGE",
  },
  {
    what: "has more files than an upload may",
    bytes: writeTar(Array.from({ length: 7 }, (_, i) => ({ name: `${i}.txt`, content: `${i}` }))),
    status: 413,
    code: "ARCHIVE_TOO_LARGE",
  },
  { what: "is cut", bytes: writeTar(shelf).subarray(0, 515), status: 422, code: "ARCHIVE_MALFORMED" },
])("is refused whole when it $what, and nothing is kept", async ({ bytes, status, code }) => {
  const before = (await readReply(app.request(`${path}?limit=200`))).data.length;
  const problem = await post({ "good.txt": Buffer.from(`beside ${code}`), "bad.bin": bytes });
  expect(problem).toMatchObject({ status, code });
  expect(problem).toHaveProperty("hint");
  expect((await readReply(app.request(`${path}?limit=200`))).data).toHaveLength(before);
  expect(await unpacking()).toEqual([]);
  expect((await app.request("/health/live")).status).toBe(200);
});

it("is one document in a document's place: nothing else could be there", async () => {
  const { documents } = await post({ "p.txt": Buffer.from("place") });
  const form = new FormData();
  form.append("file", new Blob([new Uint8Array(writeZip(shelf.slice(0, 1)))]), "p.zip");
  const replaced = await readReply(app.request(`${path}/${documents[0]?.id}`, { method: "PUT", body: form }));
  expect(replaced.documents).toMatchObject([{ id: documents[0]?.id }]);
});
