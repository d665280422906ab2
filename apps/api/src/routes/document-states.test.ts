import type { KnowledgeBaseId } from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";
import { testCall as call, finishedOf, leaseOf } from "@larder/testkit";
import { afterAll, beforeEach, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";

let larder: TestLarder;
let app: ReturnType<typeof createApi>;
let id: KnowledgeBaseId;
let path: string;
let number = 0;
const larders: TestLarder[] = [];
beforeEach(async () => {
  larder = await openTestLarder();
  larders.push(larder);
  app = createApi(larder);
  const name = `pantry ${number++}`;
  ({ id } = await larder.store.createKnowledgeBase({ name, description: "", settings: {} }, call));
  path = `/v1/knowledge-bases/${id}/documents`;
});
afterAll(async () => {
  for (const each of larders) await each[Symbol.asyncDispose]();
});

const send = (method: string, to: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(to, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const read = (to: string) => readReply(app.request(to));

async function addFile(name: string, content: string, fields: Record<string, string> = {}) {
  const form = new FormData();
  form.append("file", new Blob([content]), name);
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  const { documents, job_id: job } = await readReply(app.request(path, { method: "POST", body: form }));
  return { document: documents[0]?.id ?? "", job };
}

/** As a worker does when a parser throws. */
async function failNext(code: ConstructorParameters<typeof LarderError>[0], details: LarderError["details"]) {
  const error = toErrorRecord(new LarderError(code, { details }));
  expect(await larder.store.fail(await leaseOf(larder.store), error, call)).toBe(true);
}
const finishNext = async (text: string) =>
  expect(await larder.store.finish(await leaseOf(larder.store), finishedOf(text), call)).toBe(true);

it("says in a document's error what to change, and in its job's", async () => {
  const { document, job } = await addFile("old.doc", "not a document", { external_id: "share/old.doc" });
  await failNext("DOCUMENT_UNSUPPORTED", { mediaType: "application/msword", convertTo: ".docx" });
  const error = { code: "DOCUMENT_UNSUPPORTED", media_type: "application/msword", convert_to: ".docx" };
  expect(await read(`${path}/${document}`)).toMatchObject({ status: "failed", error, is_live: false });
  const named = { id: document, title: "old.doc", file_name: "old.doc", external_id: "share/old.doc", is_live: false };
  expect(await read(`/v1/jobs/${job}`)).toMatchObject({
    documents: [{ ...named, error }],
    failures: [{ ...named, error }],
  });
  expect((await read("/v1/jobs?state=failed")).data).toMatchObject([{ failures: [{ ...named, error }] }]);
});

it("names the setting and its value, and keeps a defect's facts to itself", async () => {
  const large = await addFile("large.pdf", "large");
  await failNext("DOCUMENT_TOO_LARGE", { setting: "LARDER_PARSE_PAGES_MAX", pagesMax: 10, pages: 12 });
  expect(await read(`${path}/${large.document}`)).toMatchObject({
    error: { setting: "LARDER_PARSE_PAGES_MAX", pages_max: 10, pages: 12 },
  });
  const broken = await addFile("broken.pdf", "broken");
  await failNext("UNEXPECTED", { place: "somewhere" });
  const { error } = await read(`${path}/${broken.document}`);
  expect(Object.keys(error as object).sort()).toEqual(["code", "hint", "message"]);
});

it("shows a failed replacement beside the version that is found", async () => {
  const { document } = await addFile("log.txt", "one");
  await finishNext("one");
  expect(await read(`${path}/${document}`)).toMatchObject({ is_live: true, replacement: null, status: "ready" });
  const body = new FormData();
  body.append("file", new Blob(["two"]), "second.txt");
  const put = await readReply(app.request(`${path}/${document}`, { method: "PUT", body }));
  expect(put.documents).toMatchObject([{ is_live: true, status: "queued" }]);
  expect(await read(`${path}/${document}`)).toMatchObject({ replacement: { status: "queued", error: null } });
  await failNext("DOCUMENT_MALFORMED", { container: "zip" });
  const error = { code: "DOCUMENT_MALFORMED", container: "zip" };
  expect(await read(`${path}/${document}`)).toMatchObject({
    ...{ is_live: true, version: 1, file_name: "log.txt" },
    ...{ status: "failed", error, replacement: { status: "failed", progress: 0, error } },
  });
  expect(await read(`${path}/${document}/content`)).toMatchObject({ text: "one" });
  expect(await read(`/v1/jobs/${put.job_id}`)).toMatchObject({
    failures: [{ id: document, is_live: true, file_name: "second.txt", error }],
  });
});

it("replaces once for each Idempotency-Key, and tries again once", async () => {
  const { document } = await addFile("log.txt", "one");
  await finishNext("one");
  const key = { "idempotency-key": "k1" };
  const put = (text: string) => send("PUT", `${path}/${document}`, { text }, key);
  const first = await readReply(put("two"));
  const again = await put("two");
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(await readReply(again)).toEqual(first);
  expect(await readReply(put("three"))).toMatchObject({ status: 409, code: "REQUEST_KEY_REUSED" });
  expect(await larder.store.depth(call)).toBe(1);

  await failNext("DOCUMENT_MALFORMED", {});
  const retry = () => send("POST", `${path}/${document}/retry`, undefined, { "idempotency-key": "k2" });
  const tried = await readReply(retry());
  expect(tried.documents).toMatchObject([{ id: document, status: "queued" }]);
  expect(await readReply(retry())).toEqual(tried); // 409 without the key: it is no failed document any more
  expect(await readReply(send("POST", `${path}/${document}/retry`, undefined))).toMatchObject({
    code: "DOCUMENT_NOT_FAILED",
  });
});
