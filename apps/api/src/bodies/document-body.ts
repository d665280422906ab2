import { z } from "@hono/zod-openapi";
import type { Acceptance, DocumentText, StoredDocument, StoredPassage } from "@larder/contracts";
import { toErrorBody } from "../problem.ts";
import { errorBody } from "./problem-body.ts";
import { metadataObject, timeText, toTime } from "./scalars.ts";

export const documentStatus = z.enum(["queued", "parsing", "embedding", "ready", "failed"]);

export const isLive = z
  .boolean()
  .describe("Searches find a version of it, also while a replacement is in the making or after that failed.");

export const documentBody = z
  .object({
    id: z.string(),
    knowledge_base_id: z.string(),
    title: z.string(),
    file_name: z.string().nullable(),
    media_type: z.string(),
    bytes: z.int(),
    sha256: z.string(),
    external_id: z.string().nullable().describe("The first of `external_ids`."),
    external_ids: z
      .array(z.string())
      .describe("Every one that these bytes were sent under; of an id whose new bytes are in the making, those."),
    version: z.int().describe("The live version, 0 before the first is ready."),
    is_live: isLive,
    status: documentStatus.describe(
      "Of the newest version: `failed` also where a replacement failed. See `replacement`.",
    ),
    progress: z.number().min(0).max(1),
    error: errorBody.nullable(),
    replacement: z
      .object({ status: documentStatus, progress: z.number().min(0).max(1), error: errorBody.nullable() })
      .nullable()
      .describe(
        "The version that is to take the live one's place, in the making or failed, while searches find the live one; all " +
          "else here but `status`, `progress` and `error` is the live one's. Null when there is none.",
      ),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    counts: z.object({
      passages: z.int(),
      tokens: z.int(),
      pages: z.int(),
      passages_reused: z
        .int()
        .describe(
          "Passages whose vector was there: of another passage of the knowledge base with the same text, or of an earlier attempt.",
        ),
    }),
    duplicate_of: z.string().nullable().describe("Another document of this knowledge base that has the same text."),
    timings_ms: z
      .object({ queued: z.number(), parse: z.number(), split: z.number(), embed: z.number(), publish: z.number() })
      .nullable()
      .describe("Of the live version; a share by passages where several were embedded and published together."),
    metadata: metadataObject,
    created_at: timeText,
    updated_at: timeText,
  })
  .openapi("Document");

export type DocumentBody = z.infer<typeof documentBody>;

export function toDocumentBody(document: StoredDocument): DocumentBody {
  return {
    id: document.id,
    knowledge_base_id: document.knowledgeBaseId,
    title: document.title,
    file_name: document.fileName ?? null,
    media_type: document.mediaType,
    bytes: document.bytes,
    sha256: document.sha256,
    external_id: document.externalId ?? null,
    external_ids: [...document.externalIds],
    version: document.version,
    is_live: document.version > 0,
    ...toStateBody(document),
    replacement: document.version > 0 && document.status !== "ready" ? toStateBody(document) : null,
    warnings: document.warnings.map(({ code, message }) => ({ code, message })),
    counts: {
      passages: document.counts.passages,
      tokens: document.counts.tokens,
      pages: document.counts.pages,
      passages_reused: document.counts.passagesReused,
    },
    duplicate_of: document.duplicateOf ?? null,
    timings_ms: document.timingsMs === undefined ? null : { ...document.timingsMs },
    metadata: { ...document.metadata },
    created_at: toTime(document.createdAtMs),
    updated_at: toTime(document.updatedAtMs),
  };
}

function toStateBody({ status, progress, error }: StoredDocument) {
  return { status, progress, error: toErrorBody(error) };
}

export const acceptedBody = z
  .object({
    documents: z
      .array(
        z.object({
          id: z.string(),
          title: z.string(),
          file_name: z.string().nullable().describe("Of a file of an archive, its path there."),
          external_id: z
            .string()
            .nullable()
            .describe("That this was sent under; of a file of an archive, with its path."),
          is_live: isLive,
          status: documentStatus.describe("Of the newest version."),
          sha256: z.string(),
          duplicate_of: z
            .string()
            .nullable()
            .describe(
              "Equal to `id` when these bytes were here already; another document's id when that one has the same text, " +
                "which is known once this one is ready.",
            ),
          error: errorBody.nullable(),
        }),
      )
      .describe("In the order of the upload."),
    job_id: z.string(),
  })
  .openapi("Accepted");

export type AcceptedBody = z.infer<typeof acceptedBody>;

export function toAcceptedBody(acceptances: readonly Acceptance[], jobId: string): AcceptedBody {
  return {
    documents: acceptances.map(({ document, duplicateOf, externalId }) => ({
      id: document.id,
      title: document.title,
      file_name: document.fileName ?? null,
      is_live: document.version > 0,
      external_id: externalId ?? null,
      status: document.status,
      sha256: document.sha256,
      duplicate_of: duplicateOf ?? document.duplicateOf ?? null,
      error: toErrorBody(document.error),
    })),
    job_id: jobId,
  };
}

export const contentBody = z
  .object({ document_id: z.string(), version: z.int(), text: z.string() })
  .openapi("DocumentContent");

export function toContentBody({ documentId, version, text }: DocumentText): z.infer<typeof contentBody> {
  return { document_id: documentId, version, text };
}

export const passageBody = z
  .object({
    id: z.string(),
    text: z.string(),
    heading: z.string().nullable().describe("Headings above it, outermost first, joined by ` > `."),
    page: z.int().nullable(),
    start: z.int().describe("Offset in UTF-16 code units into the document's text."),
    end: z.int(),
    tokens: z.int(),
  })
  .openapi("Passage");

export function toPassageBody(passage: StoredPassage): z.infer<typeof passageBody> {
  const { id, text, headings, page, start, end, tokens } = passage;
  return { id, text, heading: toHeading(headings), page: page ?? null, start, end, tokens };
}

export function toHeading(headings: readonly string[]): string | null {
  return headings.length === 0 ? null : headings.join(" > ");
}
