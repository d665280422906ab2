import { expect, it } from "vitest";
import { readConfig } from "./config.ts";

it("refuses what would take no effect: a reranker without models, pooling of the carried model", () => {
  const thrown = problemsOf({ LARDER_RERANKER_MODEL: "acme/pairs", LARDER_EMBEDDING_POOLING: "first_token" });
  expect(thrown).toEqual([
    "LARDER_RERANKER_MODEL needs LARDER_MODELS_DIR",
    "LARDER_EMBEDDING_POOLING is for another model than the carried one",
  ]);
});

it("passes on what is set of an embedding model, prefixes with their spaces, and nothing else", () => {
  expect(readConfig({}).embedding.settings).toEqual({});
  expect(readConfig({ LARDER_EMBEDDING_DIMENSIONS: "128" }).embedding.settings).toEqual({ keptDimensions: 128 });
  const other = { LARDER_EMBEDDING_MODEL: "Xenova/e5-small-v2", LARDER_EMBEDDING_QUERY_PREFIX: "query: " };
  expect(readConfig(other).embedding.settings).toEqual({ queryPrefix: "query: " });
});

it("bounds the target of passages by the most that is set alone, and refuses two that contradict each other", () => {
  const { passageTokensTarget, passageTokensMax } = readConfig({ LARDER_PASSAGE_TOKENS_MAX: "120" }).ingestion;
  expect([passageTokensTarget, passageTokensMax]).toEqual([120, 120]);
  expect(readConfig({ LARDER_PASSAGE_TOKENS_MAX: "400" }).ingestion.passageTokensTarget).toBe(200);
  expect(problemsOf({ LARDER_PASSAGE_TOKENS_TARGET: "200", LARDER_PASSAGE_TOKENS_MAX: "120" })).toEqual([
    "LARDER_PASSAGE_TOKENS_TARGET: must be at most LARDER_PASSAGE_TOKENS_MAX; lower it or leave it unset",
  ]);
});

it("keeps jobs for thirty days after their end, or as it is told", () => {
  expect(readConfig({}).ingestion.jobsRetentionMs).toBe(30 * 86_400_000);
  expect(readConfig({ LARDER_JOBS_RETENTION_DAYS: "0" }).ingestion.jobsRetentionMs).toBe(0);
});

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    return (error as { details: { problems: string } }).details.problems.split("\n");
  }
  return [];
}

it("tells every setting that cannot be used, in words and without its value", () => {
  const wrong = {
    LARDER_PORT: "http",
    LARDER_UPLOAD_BYTES_MAX: "-4",
    LARDER_EMBEDDER_THREADS: "65",
    LARDER_LOG_LEVEL: "loud",
    LARDER_LOCAL_BASE_URL: "sk-secret",
  };
  let thrown: unknown;
  try {
    readConfig(wrong);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "CONFIG_INVALID" });
  expect((thrown as { details: { problems: string } }).details.problems.split("\n").sort()).toEqual([
    "LARDER_EMBEDDER_THREADS: must be at most 64",
    "LARDER_LOCAL_BASE_URL: must be a URL such as http://127.0.0.1:11434/v1",
    "LARDER_LOG_LEVEL: must be one of debug, info, warn, error, silent",
    "LARDER_PORT: must be a number",
    "LARDER_UPLOAD_BYTES_MAX: must be above 0",
  ]);
});

it("gives the vector index its limits in the index's own units", () => {
  const env = { LARDER_INDEX_HOSTS: "3", LARDER_INDEX_IDLE_SECONDS: "60" };
  const { limits } = readConfig(env).index;
  expect(limits).toMatchObject({ hostsMax: 3, idleMs: 60_000, requestTimeoutMs: 60_000, wholeVectorsMax: 250_000 });
});
