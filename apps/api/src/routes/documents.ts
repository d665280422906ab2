import { createRoute, z } from "@hono/zod-openapi";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import {
  contentBody,
  documentBody,
  documentStatus,
  passageBody,
  toContentBody,
  toDocumentBody,
  toPassageBody,
} from "../bodies/document-body.ts";
import type { Larder } from "../larder.ts";
import { documentIdOf, knowledgeBaseIdOf } from "../request/path-ids.ts";
import { externalIdText, pageQuery, withoutUndefined } from "../request/request-schemas.ts";
import { documentPath, knowledgeBasePath, pageOf, problems, reply, toPageBody } from "./route-parts.ts";

const path = "/v1/knowledge-bases/{kb}/documents";
const onePath = `${path}/{doc}` as const;
const tags = ["Documents"];

export function documentRoutes({ store }: Larder, limits: ApiLimits) {
  const list = createRoute({
    method: "get",
    path,
    tags,
    summary: "List documents, oldest first",
    request: {
      params: knowledgeBasePath,
      query: z.strictObject({
        ...pageQuery(limits),
        status: documentStatus.optional(),
        external_id: externalIdText.optional().describe("The one document that has its newest bytes."),
      }),
    },
    responses: { 200: reply("One page.", pageOf(documentBody)), ...problems(404) },
  });
  const read = createRoute({
    method: "get",
    path: onePath,
    tags,
    summary: "Read a document's state",
    request: { params: documentPath },
    responses: { 200: reply("It.", documentBody), ...problems(404) },
  });
  const remove = createRoute({
    method: "delete",
    path: onePath,
    tags,
    summary: "Delete a document",
    description: "Whoever has sent it.",
    request: { params: documentPath },
    responses: { 204: { description: "It is gone from every answer." }, ...problems(404) },
  });
  const removeNamed = createRoute({
    method: "delete",
    path,
    tags,
    summary: "Delete what was sent under an external id",
    description: "The document goes with it when nobody else has sent these bytes.",
    request: { params: knowledgeBasePath, query: z.strictObject({ external_id: externalIdText }) },
    responses: { 204: { description: "It is gone." }, ...problems(404) },
  });
  const content = createRoute({
    method: "get",
    path: `${onePath}/content`,
    tags,
    summary: "Read the extracted text, which every offset points into",
    request: { params: documentPath },
    responses: { 200: reply("The live version's text.", contentBody), ...problems(404) },
  });
  const passages = createRoute({
    method: "get",
    path: `${onePath}/passages`,
    tags,
    summary: "List the passages in order",
    request: { params: documentPath, query: z.strictObject(pageQuery(limits)) },
    responses: { 200: reply("One page.", pageOf(passageBody)), ...problems(404) },
  });
  const idsOf = ({ kb, doc }: { kb: string; doc: string }) => [knowledgeBaseIdOf(kb), documentIdOf(doc)] as const;

  return createRouter()
    .openapi(list, async (c) => {
      const id = knowledgeBaseIdOf(c.req.valid("param").kb);
      const { external_id: externalId, ...query } = c.req.valid("query");
      const page = await store.documents(id, withoutUndefined({ ...query, externalId }), c.get("call"));
      return c.json(toPageBody(page, toDocumentBody), 200);
    })
    .openapi(read, async (c) => {
      const [knowledgeBaseId, id] = idsOf(c.req.valid("param"));
      return c.json(toDocumentBody(await store.document(knowledgeBaseId, id, c.get("call"))), 200);
    })
    .openapi(remove, async (c) => {
      const [knowledgeBaseId, id] = idsOf(c.req.valid("param"));
      await store.deleteDocument(knowledgeBaseId, id, c.get("call"));
      return c.body(null, 204);
    })
    .openapi(removeNamed, async (c) => {
      const id = knowledgeBaseIdOf(c.req.valid("param").kb);
      await store.deleteExternalId(id, c.req.valid("query").external_id, c.get("call"));
      return c.body(null, 204);
    })
    .openapi(content, async (c) => {
      const [knowledgeBaseId, id] = idsOf(c.req.valid("param"));
      return c.json(toContentBody(await store.text(knowledgeBaseId, id, c.get("call"))), 200);
    })
    .openapi(passages, async (c) => {
      const [knowledgeBaseId, id] = idsOf(c.req.valid("param"));
      const request = withoutUndefined(c.req.valid("query"));
      const page = await store.passages(knowledgeBaseId, id, request, c.get("call"));
      return c.json(toPageBody(page, toPassageBody), 200);
    });
}
