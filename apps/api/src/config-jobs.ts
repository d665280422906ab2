import { z } from "zod";

const positive = z.coerce.number().int().positive();

/** Settings of the work on documents, as a whole. */
export const jobSettings = {
  LARDER_WORKERS: positive
    .max(16)
    .default(1)
    .describe("Worker processes; each has an embedder of its own, and so its memory."),
  LARDER_GROUP_DOCUMENTS_MAX: positive
    .max(500)
    .default(32)
    .describe("Short documents that are leased, embedded and published together."),
  LARDER_GROUP_BYTES_MAX: positive
    .default(2 ** 20)
    .describe("Bytes of the documents of a group; a larger one is worked on alone."),
  LARDER_INGESTION_NICENESS: z.coerce
    .number()
    .int()
    .min(0)
    .max(19)
    .default(5)
    .describe(
      "Added to the nice value of the processes that read documents and embed their passages, so that searches and " +
        "answers come first on a busy processor. 0: all are alike.",
    ),
  LARDER_DUPLICATE_TEXT: z
    .enum(["keep", "skip"])
    .default("keep")
    .describe(
      "What becomes of a document whose text another one of the knowledge base has. keep: both are found. skip: it is " +
        "ready without passages of its own, and the other one is found for both.",
    ),
  LARDER_REINDEX: z
    .enum(["auto", "manual"])
    .default("auto")
    .describe(
      "What becomes of documents that another embedding model, parser or splitter setting made. auto: they are made anew " +
        "in the background from the next start on. manual: when somebody asks for it.",
    ),
  LARDER_REINDEX_REMAINS_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(60_000)
    .describe("How long a generation stays that another one replaced, for answers that are still being written."),
  LARDER_JOBS_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(30)
    .describe(
      "How long a job is listed after its end; then its record goes, once a day. Documents stay, failed ones with their " +
        "error. 0: for ever.",
    ),
  LARDER_STAGE_PARSE_MS_MIN: z.coerce
    .number()
    .int()
    .min(0)
    .default(1_000)
    .describe("What parsing made is kept for the next attempt where it took at least so long."),
  LARDER_STAGE_VECTORS_EVERY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(5_000)
    .describe("How often the vectors made so far are kept for the next attempt."),
};

type JobSettings = z.output<z.ZodObject<typeof jobSettings>>;

export function jobLimits(data: JobSettings) {
  return {
    workers: data.LARDER_WORKERS,
    groupTasksMax: data.LARDER_GROUP_DOCUMENTS_MAX,
    groupBytesMax: data.LARDER_GROUP_BYTES_MAX,
    niceness: data.LARDER_INGESTION_NICENESS,
    sameText: data.LARDER_DUPLICATE_TEXT,
    reindexes: data.LARDER_REINDEX,
    remainsAgeMs: data.LARDER_REINDEX_REMAINS_MS,
    jobsRetentionMs: data.LARDER_JOBS_RETENTION_DAYS * 86_400_000,
    stageParseMsMin: data.LARDER_STAGE_PARSE_MS_MIN,
    stageVectorsEveryMs: data.LARDER_STAGE_VECTORS_EVERY_MS,
  };
}
