import { createRoute, z } from "@hono/zod-openapi";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { jobBody, toJobBody } from "../bodies/job-body.ts";
import { knowledgeBaseBody, toKnowledgeBaseBody } from "../bodies/knowledge-base-body.ts";
import type { Larder } from "../larder.ts";
import { answerOnce } from "../request/idempotent-reply.ts";
import { readJsonBody } from "../request/json-body.ts";
import { knowledgeBaseIdOf } from "../request/path-ids.ts";
import { freeObject, lineOfText, pageQuery, withoutUndefined } from "../request/request-schemas.ts";
import { idempotencyHeader, jsonBody, knowledgeBasePath, pageOf, problems, reply, toPageBody } from "./route-parts.ts";

const path = "/v1/knowledge-bases";
const onePath = `${path}/{kb}` as const;
const tags = ["Knowledge bases"];

export function knowledgeBaseRoutes({ store, idempotency, forgetIndex, make, wakeWorker }: Larder, limits: ApiLimits) {
  const description = z.string().max(2_000);
  const draft = z.strictObject({
    name: lineOfText(200),
    description: description.default(""),
    settings: freeObject(limits.metadataBytesMax).default({}),
  });
  const change = z
    .strictObject({
      name: lineOfText(200).optional(),
      description: description.optional(),
      settings: freeObject(limits.metadataBytesMax).optional(),
    })
    .refine((sent) => Object.keys(sent).length > 0, "names nothing to change");
  const reindexRequest = z.strictObject({ force: z.boolean().default(false) });
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };

  const create = createRoute({
    method: "post",
    path,
    tags,
    summary: "Make a knowledge base",
    request: { headers: idempotencyHeader, body: jsonBody(draft) },
    responses: { 201: reply("It is there and empty.", knowledgeBaseBody), ...problems(409, 413, 415) },
  });
  const list = createRoute({
    method: "get",
    path,
    tags,
    summary: "List knowledge bases, oldest first",
    request: { query: z.strictObject(pageQuery(limits)) },
    responses: { 200: reply("One page.", pageOf(knowledgeBaseBody)), ...problems() },
  });
  const read = createRoute({
    method: "get",
    path: onePath,
    tags,
    summary: "Read a knowledge base",
    request: { params: knowledgeBasePath },
    responses: { 200: reply("It.", knowledgeBaseBody), ...problems(404) },
  });
  const update = createRoute({
    method: "patch",
    path: onePath,
    tags,
    summary: "Change name, description or settings",
    request: { params: knowledgeBasePath, body: jsonBody(change) },
    responses: { 200: reply("As it is now.", knowledgeBaseBody), ...problems(404, 409, 413, 415) },
  });
  const remove = createRoute({
    method: "delete",
    path: onePath,
    tags,
    summary: "Delete a knowledge base with its documents",
    request: { params: knowledgeBasePath },
    responses: { 204: { description: "It is gone from every answer." }, ...problems(404) },
  });

  const reindex = createRoute({
    method: "post",
    path: `${onePath}/reindex`,
    tags,
    summary: "Make all documents anew by the settings of now",
    description:
      "In the background, into a generation that searches see once every document is in it. `job` is null where every " +
      "document is of these settings already. One that is under way is told of again.",
    request: { params: knowledgeBasePath, body: jsonBody(reindexRequest) },
    responses: { 202: reply("The job.", z.object({ job: jobBody.nullable() })), ...problems(404, 413, 415) },
  });

  return createRouter()
    .openapi(create, async (c) => {
      const { value, sha256 } = await readJsonBody(c, draft, bodyLimits);
      return answerOnce(c, idempotency, [sha256], async () => {
        const made = await store.createKnowledgeBase(value, c.get("call"));
        return { status: 201, body: toKnowledgeBaseBody(made) };
      });
    })
    .openapi(list, async (c) => {
      const page = await store.knowledgeBases(withoutUndefined(c.req.valid("query")), c.get("call"));
      return c.json(toPageBody(page, toKnowledgeBaseBody), 200);
    })
    .openapi(read, async (c) => {
      const id = knowledgeBaseIdOf(c.req.valid("param").kb);
      return c.json(toKnowledgeBaseBody(await store.knowledgeBase(id, c.get("call"))), 200);
    })
    .openapi(update, async (c) => {
      const id = knowledgeBaseIdOf(c.req.valid("param").kb);
      const { value } = await readJsonBody(c, change, bodyLimits);
      const changed = await store.updateKnowledgeBase(id, withoutUndefined(value), c.get("call"));
      return c.json(toKnowledgeBaseBody(changed), 200);
    })
    .openapi(remove, async (c) => {
      const id = knowledgeBaseIdOf(c.req.valid("param").kb);
      const { generation, reindexing } = await store.knowledgeBase(id, c.get("call"));
      await store.deleteKnowledgeBase(id, c.get("call"));
      await forgetIndex(id, reindexing?.generation ?? generation);
      return c.body(null, 204);
    })
    .openapi(reindex, async (c) => {
      const id = knowledgeBaseIdOf(c.req.valid("param").kb);
      const call = c.get("call");
      const { value } = await readJsonBody(c, reindexRequest, bodyLimits);
      const isWanted = value.force || (await store.isMadeOtherwise(id, make, call));
      const job = isWanted ? await store.beginReindexing(id, make, call) : undefined;
      wakeWorker();
      return c.json({ job: job === undefined ? null : toJobBody(job) }, 202);
    });
}
