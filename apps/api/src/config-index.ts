import { z } from "zod";

const positive = z.coerce.number().int().positive();

/** Settings of the vector index and of what checks it. */
export const indexSettings = {
  LARDER_EXACT_VECTORS_MAX: positive
    .optional()
    .describe("Passages of a knowledge base up to which search compares with every vector; above, it uses HNSW."),
  LARDER_INDEX_GRAPHS: z
    .enum(["codes", "hnswlib-node", "none"])
    .default("codes")
    .describe(
      "What makes the graphs of large knowledge bases: codes of eight bits and code of ours, the library hnswlib-node, or " +
        "nothing, so that search compares with every vector.",
    ),
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
  LARDER_INDEX_RECALL_TARGET: z.coerce
    .number()
    .min(0.5)
    .max(0.998)
    .default(0.99)
    .describe(
      "Share of the ten nearest passages that HNSW is to find; more makes searches of large knowledge bases slower.",
    ),
  LARDER_INDEX_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(10_000)
    .describe(
      "Longest wait of a search for vectors that the index lacks, as after its files were lost; then it goes by words alone " +
        "and says so, while the index is made anew.",
    ),
  LARDER_INDEX_AUDIT_HOURS: z.coerce
    .number()
    .min(0)
    .max(500)
    .default(24)
    .describe(
      "How often the vector index is compared with the database: counts, 1,000 vectors, and the recall of 100 searches of " +
        "each knowledge base. One that differs is made anew. 0: when somebody asks for it.",
    ),
  LARDER_INDEX_LOG_DELETES_MAX: positive
    .default(10_000)
    .describe(
      "Entries for removed passages in the index's operation log of a knowledge base, from which on those go that no copy " +
        "of the index needs. Looked at once an hour.",
    ),
};

type IndexSettings = z.output<z.ZodObject<typeof indexSettings>>;

/** What is given to the index itself. */
export function indexLimits(data: IndexSettings) {
  return {
    ...(data.LARDER_EXACT_VECTORS_MAX === undefined ? {} : { exactVectorsMax: data.LARDER_EXACT_VECTORS_MAX }),
    graphs: data.LARDER_INDEX_GRAPHS,
    recallTarget: data.LARDER_INDEX_RECALL_TARGET,
    hostsMax: data.LARDER_INDEX_HOSTS,
    wholeVectorsMax: data.LARDER_INDEX_WHOLE_VECTORS_MAX,
    idleMs: data.LARDER_INDEX_IDLE_SECONDS * 1_000,
    requestTimeoutMs: data.LARDER_INDEX_TIMEOUT_SECONDS * 1_000,
    pendingMax: data.LARDER_INDEX_PENDING_MAX,
  };
}
