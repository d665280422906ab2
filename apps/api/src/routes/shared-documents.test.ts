import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";

let larder: TestLarder;
let app: ReturnType<typeof createApi>;
let path: string;
beforeAll(async () => {
  larder = await openTestLarder();
  app = createApi(larder, {});
  const call = { signal: new AbortController().signal };
  const { id } = await larder.store.createKnowledgeBase({ name: "pantry", description: "", settings: {} }, call);
  path = `/v1/knowledge-bases/${id}/documents`;
});
afterAll(() => larder[Symbol.asyncDispose]());

const postJson = (body: unknown) =>
  app.request(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

it("lists the external ids of a document, finds it by each and lets one go", async () => {
  const ofName = async (name: string) =>
    (await readReply(app.request(`${path}?external_id=${encodeURIComponent(name)}`))).data;
  const [{ id, external_id } = { id: "", external_id: null }] = (
    await readReply(postJson({ text: "shared", external_id: "x/1" }))
  ).documents;
  const second = await readReply(postJson({ text: "shared", external_id: "x/2" }));
  expect([external_id, second.documents[0]]).toMatchObject(["x/1", { id, external_id: "x/2", duplicate_of: id }]);
  for (const name of ["x/1", "x/2"]) {
    expect(await ofName(name)).toMatchObject([{ id, external_id: "x/1", external_ids: ["x/1", "x/2"] }]);
  }
  expect(await ofName("x/3")).toEqual([]);
  const put = (body: unknown) =>
    app.request(`${path}/${id}`, {
      method: "PUT",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const refused = await put({ text: "whose?" });
  expect([refused.status, await refused.json()]).toMatchObject([409, { code: "DOCUMENT_SHARED", document_id: id }]);
  const own = (await readReply(put({ text: "its own", external_id: "x/2" }))).documents[0]?.id;
  expect(own).not.toBe(id);
  expect(await ofName("x/1")).toMatchObject([{ id, external_ids: ["x/1"] }]);
  expect(await ofName("x/2")).toMatchObject([{ id: own, external_ids: ["x/2"] }]);
  const drop = (query: string) => app.request(`${path}${query}`, { method: "DELETE" });
  expect((await drop("?external_id=x/2")).status).toBe(204);
  expect((await drop("?external_id=x/2")).status).toBe(404);
  expect((await drop("")).status).toBe(400); // never all of them
  expect(await ofName("x/1")).toMatchObject([{ id }]);
});

it("keeps one text under one of two ids that are changed at the same time", async () => {
  const names = ["p/1", "p/2", "p/3"];
  for (const external_id of names) await postJson({ text: "at first the same", external_id });
  await Promise.all(names.map((external_id) => postJson({ text: `then ${external_id}`, external_id })));
  const found = await Promise.all(
    names.map(async (name) => (await readReply(app.request(`${path}?external_id=${name}`))).data),
  );
  expect(found.map((data) => data.map(({ external_ids, bytes }) => [external_ids, bytes]))).toEqual(
    names.map((name) => [[[name], 8]]),
  );
});
