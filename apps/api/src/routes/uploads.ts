import { createHash } from "node:crypto";
import { createRoute, z } from "@hono/zod-openapi";
import type { AcceptedUploads, KnowledgeBaseId, TaskPriority, Upload } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";
import { createRouter } from "../api-env.ts";
import type { ApiMetrics } from "../api-metrics.ts";
import type { ApiLimits } from "../api-settings.ts";
import { acceptedBody, toAcceptedBody } from "../bodies/document-body.ts";
import type { Larder } from "../larder.ts";
import { expandArchives } from "../request/expand-archives.ts";
import { addressWithoutFragment, fetchUpload } from "../request/fetch-upload.ts";
import { invalidRequest } from "../request/field-problems.ts";
import { answerOnce } from "../request/idempotent-reply.ts";
import { mediaTypeOf, readJsonBody, textBodyLimits } from "../request/json-body.ts";
import { documentIdOf, knowledgeBaseIdOf } from "../request/path-ids.ts";
import { freeObject, lineOfText, waitQuery } from "../request/request-schemas.ts";
import { receiveUploadForm } from "../request/upload-form.ts";
import { createUploadSlots } from "../request/upload-slots.ts";
import { waitForDocuments } from "../wait-for-documents.ts";
import { documentPath, idempotencyHeader, knowledgeBasePath, problems, reply, toBodySchema } from "./route-parts.ts";

const tags = ["Documents"];

export function uploadRoutes(larder: Larder, limits: ApiLimits, metrics: ApiMetrics) {
  const { store, blobs, idempotency, webFetcher, sources } = larder;
  const slots = createUploadSlots(limits.uploadsAtOnceMax);
  const text = z.strictObject({
    text: z.string().min(1).optional(),
    title: lineOfText(500).optional(),
    metadata: freeObject(limits.metadataBytesMax).default({}),
    external_id: lineOfText(512).optional().describe("The same one again is a new version."),
    url: z
      .string()
      .max(2_000)
      .optional()
      .describe("In place of `text`: a public http or https address to fetch; its `external_id` is the address."),
  });
  const form = z.object({
    file: z.array(z.string().openapi({ format: "binary" })).describe("One part per file."),
    metadata: z.string().optional().describe("A JSON object, for every file of the upload."),
    external_id: z.string().optional().describe("With a single file only."),
    title: z.string().optional().describe("With a single file only."),
  });
  const body = {
    required: true,
    content: {
      "multipart/form-data": { schema: toBodySchema(form) },
      "application/json": { schema: toBodySchema(text) },
    },
  };
  const query = z.strictObject({
    wait_ms: waitQuery(limits),
    priority: z
      .enum(["high", "normal", "low"])
      .default("normal")
      .describe("Whose turn it is before all of a lower one."),
  });
  const responses = {
    202: reply("Durable, and queued to be read. With `wait_ms` their state by then.", acceptedBody),
    ...problems(404, 409, 413, 415, 422, 429, 502),
  };
  const add = createRoute({
    method: "post",
    path: "/v1/knowledge-bases/{kb}/documents",
    tags,
    summary: "Add documents: files, a text or an address",
    description:
      "The same bytes in the same knowledge base are one document, however often they are sent. " +
      "A ZIP, TAR, TAR.GZ or gzip archive gives one document for each of its files.",
    request: { params: knowledgeBasePath, query, headers: idempotencyHeader, body },
    responses,
  });
  const replace = createRoute({
    method: "put",
    path: "/v1/knowledge-bases/{kb}/documents/{doc}",
    tags,
    summary: "Put a new version in a document's place",
    description:
      "One file, text or address. The old version is found until the new one is ready, and never after. " +
      "Where several senders have the document, `external_id` says whose bytes change; the others keep it.",
    request: { params: documentPath, query, headers: idempotencyHeader, body },
    responses,
  });
  const retry = createRoute({
    method: "post",
    path: "/v1/knowledge-bases/{kb}/documents/{doc}/retry",
    tags,
    summary: "Try a failed document again",
    description: "From the bytes that are here, as a job of its own. 409 `DOCUMENT_NOT_FAILED` for any other document.",
    request: { params: documentPath, query, headers: idempotencyHeader },
    responses: { 202: reply("Queued. With `wait_ms` its state by then.", acceptedBody), ...problems(404, 409, 429) },
  });

  const textLimits = { ...textBodyLimits(limits), idleMs: limits.uploadIdleMs };
  const archiveParts = {
    archives: sources,
    blobs,
    bytesMax: limits.uploadBytesMax,
    documentsMax: limits.uploadDocumentsMax,
  };
  const atPriority = (uploads: readonly Upload[], priority: TaskPriority): readonly Upload[] =>
    priority === "normal" ? uploads : uploads.map((upload) => ({ ...upload, priority }));
  const receive = (c: ApiContext, filesMax: number, named: { readonly byAddress: boolean }): Promise<Received> =>
    slots.hold(async () => {
      const mediaType = mediaTypeOf(c);
      if (mediaType === "multipart/form-data") {
        return asSent(toUploads(await receiveUploadForm(c, blobs, limits, filesMax)));
      }
      const { value } = await readJsonBody(c, text, textLimits);
      if (value.url !== undefined) {
        if (value.text !== undefined) throw invalidRequest({ field: "url", reason: "cannot be given with text" });
        const { url, title, metadata } = value;
        const said = title === undefined ? {} : { title };
        const parts = { webFetcher, blobs, bytesMax: limits.uploadBytesMax };
        const fetched = await fetchUpload({ url, metadata, ...said }, parts, c.get("call"));
        const byAddress = named.byAddress ? { externalId: addressWithoutFragment(url) } : {};
        return { uploads: [{ ...fetched, ...byAddress, ...externalIdOf(value.external_id) }], sent: value }; // what is behind the address may have changed since
      }
      if (value.text === undefined) throw invalidRequest({ field: "text", reason: "is needed" });
      const bytes = new TextEncoder().encode(value.text);
      const blob = await blobs.put(oneChunk(bytes), { bytesMax: limits.uploadBytesMax }, c.get("call"));
      const title = value.title ?? "Untitled text";
      const { metadata } = value;
      return asSent([{ ...blob, title, mediaType: "text/plain", metadata, ...externalIdOf(value.external_id) }]);
    });
  const requireRoom = async (c: ApiContext) => {
    const waiting = await store.depth(c.get("call"));
    if (waiting >= limits.queueDocumentsMax) throw new LarderError("QUEUE_FULL");
  };
  const finish = async (c: ApiContext, { documents, job }: AcceptedUploads, waitMs: number) => {
    larder.wakeWorker();
    const duplicate = documents.filter(({ duplicateOf }) => duplicateOf !== undefined).length;
    metrics.documentsAccepted({ fresh: documents.length - duplicate, duplicate });
    return toAcceptedBody(await waitForDocuments(c, larder, documents, waitMs), job.id);
  };
  const requireKnowledgeBase = (c: ApiContext, id: KnowledgeBaseId) => store.knowledgeBase(id, c.get("call"));

  return createRouter()
    .openapi(add, async (c) => {
      const id = knowledgeBaseIdOf(c.req.valid("param").kb);
      await requireKnowledgeBase(c, id); // before its files are received
      await requireRoom(c);
      const received = await receive(c, limits.uploadFilesMax, { byAddress: true });
      const expanded = await expandArchives(received.uploads, archiveParts, c.get("call"));
      const { priority } = c.req.valid("query");
      const uploads = atPriority(expanded, priority);
      larder.reachFailPoint("after-blob");
      return answerOnce(c, idempotency, [fingerprintOf(received.sent), priority], async () => {
        const accepted = await store.accept(id, uploads, c.get("call"));
        larder.reachFailPoint("after-accept");
        return { status: 202, body: await finish(c, accepted, c.req.valid("query").wait_ms) };
      });
    })
    .openapi(retry, async (c) => {
      const { kb, doc } = c.req.valid("param");
      await requireRoom(c);
      const { priority, wait_ms: waitMs } = c.req.valid("query");
      return answerOnce(c, idempotency, [priority], async () => {
        const accepted = await store.retry(knowledgeBaseIdOf(kb), documentIdOf(doc), priority, c.get("call"));
        return { status: 202, body: await finish(c, accepted, waitMs) };
      });
    })
    .openapi(replace, async (c) => {
      const { kb, doc } = c.req.valid("param");
      const knowledgeBaseId = knowledgeBaseIdOf(kb);
      const id = documentIdOf(doc);
      await store.document(knowledgeBaseId, id, c.get("call"));
      await requireRoom(c);
      const { priority, wait_ms: waitMs } = c.req.valid("query");
      const { uploads, sent } = await receive(c, 1, { byAddress: false });
      const [upload] = atPriority(uploads, priority);
      if (upload === undefined) throw invalidRequest({ field: "file", reason: "one file part is needed" });
      return answerOnce(c, idempotency, [fingerprintOf(sent), priority], async () => {
        const accepted = await store.replace(knowledgeBaseId, id, upload, c.get("call"));
        return { status: 202, body: await finish(c, accepted, waitMs) };
      });
    });
}

function toUploads(form: Awaited<ReturnType<typeof receiveUploadForm>>): Upload[] {
  return form.files.map(({ blob, fileName, mediaType }) => ({
    sha256: blob.sha256,
    bytes: blob.bytes,
    title: form.title ?? fileName,
    fileName,
    mediaType,
    metadata: form.metadata,
    ...externalIdOf(form.externalId),
  }));
}

function externalIdOf(externalId: string | undefined): { externalId?: string } {
  return externalId === undefined ? {} : { externalId };
}

/** Documents as they came, and what makes another request the same: the content, not the boundary between its parts. */
interface Received {
  readonly uploads: readonly Upload[];
  readonly sent: unknown;
}

const asSent = (uploads: readonly Upload[]): Received => ({ uploads, sent: uploads });

function fingerprintOf(sent: unknown): string {
  return createHash("sha256").update(JSON.stringify(sent)).digest("hex");
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
