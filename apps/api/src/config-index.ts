import { z } from "zod";

const positive = z.coerce.number().int().positive();

/** Settings of the vector index and of what checks it. */
export const indexSettings = {
  LARDER_EXACT_VECTORS_MAX: positive
    .optional()
    .describe("Passages of a knowledge base up to which search compares with every vector; above, it uses HNSW."),
  LARDER_INDEX_HOSTS: positive
    .max(16)
    .default(2)
    .describe("Processes of the vector index at most. The second and later ones are started when they are needed."),
  LARDER_INDEX_WHOLE_VECTORS_MAX: positive
    .default(250_000)
    .describe("A knowledge base with more passages is divided over all processes of the vector index."),
  LARDER_INDEX_IDLE_SECONDS: positive
    .max(2_000_000)
    .default(900)
    .describe("Vectors that nobody searched for so long give their memory back until the next question."),
  LARDER_INDEX_TIMEOUT_SECONDS: positive
    .max(86_400)
    .default(60)
    .describe("A process of the vector index that does not answer for so long is ended and started again."),
  LARDER_INDEX_PENDING_MAX: positive
    .max(1_000_000)
    .default(1_000)
    .describe("Requests that wait for one process of the vector index; one more is refused with INDEX_BUSY."),
};

type IndexSettings = z.output<z.ZodObject<typeof indexSettings>>;

/** What is given to the index itself. */
export function indexLimits(data: IndexSettings) {
  return {
    ...(data.LARDER_EXACT_VECTORS_MAX === undefined ? {} : { exactVectorsMax: data.LARDER_EXACT_VECTORS_MAX }),
    hostsMax: data.LARDER_INDEX_HOSTS,
    wholeVectorsMax: data.LARDER_INDEX_WHOLE_VECTORS_MAX,
    idleMs: data.LARDER_INDEX_IDLE_SECONDS * 1_000,
    requestTimeoutMs: data.LARDER_INDEX_TIMEOUT_SECONDS * 1_000,
    pendingMax: data.LARDER_INDEX_PENDING_MAX,
  };
}
