import { createRoute, z } from "@hono/zod-openapi";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
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

export function knowledgeBaseRoutes({ store, idempotency, forgetIndex }: Larder, limits: ApiLimits) {
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
      await store.deleteKnowledgeBase(id, c.get("call"));
      await forgetIndex(id);
      return c.body(null, 204);
    });
}
