import { LarderError, nanoUsd } from "@larder/contracts";
import type { z } from "zod";
import { callingLimits } from "./config-calling.ts";
import { indexLimits } from "./config-index.ts";
import { jobLimits } from "./config-jobs.ts";
import { contradictions, inWords } from "./config-problems.ts";
import type { Environment } from "./environment.ts";
import { environment } from "./environment.ts";

type EnvironmentData = z.output<typeof environment>;

export type Config = ReturnType<typeof readConfig>;

/**
 * Settings from the environment. Pure; `readConfig({})` works: local embeddings, local index, no key. An empty value
 * counts as absent. The variables themselves are kept aside for the providers file, which names its own keys.
 * @throws {@link LarderError} `CONFIG_INVALID` with every problem at once
 */
export function readConfig(env: Environment) {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim())); // Number("") is 0
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path[0]?.toString() ?? "environment"}: ${inWords(issue)}`,
    );
    throw new LarderError("CONFIG_INVALID", { details: { problems: problems.join("\n") } });
  }
  const data = withinMax(parsed.data, set);
  const problems = contradictions(data);
  if (problems.length > 0) throw new LarderError("CONFIG_INVALID", { details: { problems: problems.join("\n") } });
  return Object.freeze({
    dataDir: data.LARDER_DATA_DIR,
    logLevel: data.LARDER_LOG_LEVEL,
    http: {
      host: data.LARDER_HOST,
      port: data.LARDER_PORT,
      apiKeys: data.LARDER_API_KEYS ?? [],
      requestTimeoutMs: data.LARDER_REQUEST_TIMEOUT_MS,
      stopGraceMs: data.LARDER_STOP_GRACE_MS,
    },
    limits: {
      uploadBytesMax: data.LARDER_UPLOAD_BYTES_MAX,
      uploadFilesMax: data.LARDER_UPLOAD_FILES_MAX,
      uploadDocumentsMax: data.LARDER_UPLOAD_DOCUMENTS_MAX,
      sitemapFilesMax: data.LARDER_SITEMAP_FILES_MAX,
      uploadIdleMs: data.LARDER_UPLOAD_IDLE_MS,
      uploadsAtOnceMax: data.LARDER_UPLOADS_AT_ONCE_MAX,
      queueDocumentsMax: data.LARDER_QUEUE_DOCUMENTS_MAX,
      jsonBytesMax: data.LARDER_JSON_BYTES_MAX,
      uploadRequestBytesMax: data.LARDER_UPLOAD_REQUEST_BYTES_MAX,
      textJsonBytesMax: data.LARDER_TEXT_JSON_BYTES_MAX,
      metadataBytesMax: data.LARDER_METADATA_BYTES_MAX,
      filterDepthMax: data.LARDER_FILTER_DEPTH_MAX,
      filterConditionsMax: data.LARDER_FILTER_CONDITIONS_MAX,
      filterListMax: data.LARDER_FILTER_LIST_MAX,
      idempotencyWaitMs: data.LARDER_IDEMPOTENCY_WAIT_MS,
    },
    fetching: {
      bytesMax: data.LARDER_FETCH_BYTES_MAX,
      timeoutMs: data.LARDER_FETCH_TIMEOUT_MS,
      connectTimeoutMs: data.LARDER_FETCH_CONNECT_TIMEOUT_MS,
      redirectsMax: data.LARDER_FETCH_REDIRECTS_MAX,
      privateHosts: data.LARDER_FETCH_PRIVATE_HOSTS ?? [],
      asksRobots: data.LARDER_FETCH_ROBOTS,
      hostGapMs: data.LARDER_FETCH_HOST_GAP_MS,
      crawlDelayMsMax: data.LARDER_FETCH_CRAWL_DELAY_MS_MAX,
    },
    ingestion: {
      parseTimeoutMs: data.LARDER_PARSE_TIMEOUT_MS,
      parseMemoryBytesMax: data.LARDER_PARSE_MEMORY_BYTES_MAX,
      parseLimits: {
        textCharactersMax: data.LARDER_PARSE_TEXT_CHARACTERS_MAX,
        pagesMax: data.LARDER_PARSE_PAGES_MAX,
        htmlNodesMax: data.LARDER_PARSE_HTML_NODES_MAX,
        archiveEntriesMax: data.LARDER_PARSE_ARCHIVE_ENTRIES_MAX,
        inflatedBytesMax: data.LARDER_PARSE_INFLATED_BYTES_MAX,
        inflatedRatioMax: data.LARDER_PARSE_INFLATED_RATIO_MAX,
        xmlDepthMax: data.LARDER_PARSE_XML_DEPTH_MAX,
        mailPartsMax: data.LARDER_PARSE_MAIL_PARTS_MAX,
        nestingMax: data.LARDER_PARSE_NESTING_MAX,
      },
      passageTokensTarget: data.LARDER_PASSAGE_TOKENS_TARGET,
      passageTokensMax: data.LARDER_PASSAGE_TOKENS_MAX,
      tasksAtOnceMax: data.LARDER_TASKS_AT_ONCE_MAX,
      attemptsMax: data.LARDER_TASK_ATTEMPTS_MAX,
      ...jobLimits(data),
    },
    embedding: {
      model: data.LARDER_EMBEDDING_MODEL,
      modelsFolder: data.LARDER_MODELS_DIR,
      threads: data.LARDER_EMBEDDER_THREADS,
      /** What the table of known models does not say. */
      settings: given({
        keptDimensions: data.LARDER_EMBEDDING_DIMENSIONS,
        pooling: data.LARDER_EMBEDDING_POOLING,
        queryPrefix: data.LARDER_EMBEDDING_QUERY_PREFIX,
        passagePrefix: data.LARDER_EMBEDDING_PASSAGE_PREFIX,
        textTokensMax: data.LARDER_EMBEDDING_TEXT_TOKENS_MAX,
        dtype: data.LARDER_EMBEDDING_DTYPE,
      }),
    },
    reranking: {
      /** Absent: off. */
      model: data.LARDER_RERANKER_MODEL,
      modelsFolder: data.LARDER_MODELS_DIR,
      dtype: data.LARDER_RERANKER_DTYPE,
      threads: data.LARDER_RERANKER_THREADS,
    },
    index: {
      limits: indexLimits(data),
      waitMs: data.LARDER_INDEX_WAIT_MS,
      auditEveryMs: data.LARDER_INDEX_AUDIT_HOURS * 3_600_000,
      logDeletesMax: data.LARDER_INDEX_LOG_DELETES_MAX,
    },
    search: {
      retriever: {
        candidatesPerSide: data.LARDER_SEARCH_CANDIDATES,
        candidatesMax: data.LARDER_SEARCH_CANDIDATES_READ,
        denseWeight: data.LARDER_SEARCH_DENSE_WEIGHT,
        lateInteractionWeight: data.LARDER_SEARCH_LATE_INTERACTION_WEIGHT,
        linkWeight: data.LARDER_SEARCH_LINK_WEIGHT,
        linkNamesMax: data.LARDER_SEARCH_LINK_NAMES_MAX,
        autoTokensMin: data.LARDER_AUTO_BUDGET_TOKENS_MIN,
        rerankCandidates: data.LARDER_RERANK_CANDIDATES,
        rerankWeight: data.LARDER_RERANK_WEIGHT,
        autoTokensMax: data.LARDER_AUTO_BUDGET_TOKENS_MAX,
        autoRecall: data.LARDER_AUTO_BUDGET_RECALL,
        ...(data.LARDER_SEARCH_LIMIT_PER_DOCUMENT === undefined
          ? {}
          : { limitPerDocument: data.LARDER_SEARCH_LIMIT_PER_DOCUMENT }),
      },
    },
    answering: {
      confidenceMin: data.LARDER_CONFIDENCE_MIN,
      holdoutShare: data.LARDER_SAVINGS_HOLDOUT,
      qualityFloor: data.LARDER_ANSWER_QUALITY_MIN,
      keepsQuestions: data.LARDER_RECEIPTS_KEEP_QUESTIONS,
      pastQuestionsMax: data.LARDER_PAST_QUESTIONS_MAX,
      similarityMin: data.LARDER_PAST_QUESTIONS_SIMILARITY_MIN,
      answerWorth: nanoUsd(BigInt(Math.round(data.LARDER_ANSWER_WORTH_USD * 1e9))),
    },
    generation: {
      isOffline: data.LARDER_OFFLINE,
      providersFile: data.LARDER_PROVIDERS_FILE,
      prices: {
        dataDir: data.LARDER_DATA_DIR,
        ...(data.LARDER_PRICES_FILE === undefined ? {} : { file: data.LARDER_PRICES_FILE }),
      },
      localBaseUrls: data.LARDER_LOCAL_BASE_URL ?? [],
      ...(data.LARDER_LOCAL_USD_PER_HOUR === undefined
        ? {}
        : {
            localCosts: {
              usdPerHour: data.LARDER_LOCAL_USD_PER_HOUR,
              inputTokensPerSecond: data.LARDER_LOCAL_INPUT_TOKENS_PER_SECOND,
              outputTokensPerSecond: data.LARDER_LOCAL_OUTPUT_TOKENS_PER_SECOND,
            },
          }),
      firstTokenTimeoutMs: data.LARDER_FIRST_TOKEN_TIMEOUT_MS,
      idleTimeoutMs: data.LARDER_IDLE_TIMEOUT_MS,
      totalTimeoutMs: data.LARDER_ANSWER_TIMEOUT_MS,
      calling: callingLimits(data),
      budgetWaitMs: data.LARDER_BUDGET_WAIT_MS,
      budgetReserve: data.LARDER_BUDGET_RESERVE,
      connections: {
        keepAliveMs: data.LARDER_PROVIDER_KEEP_ALIVE_MS,
        connectMs: data.LARDER_PROVIDER_CONNECT_TIMEOUT_MS,
      },
      /** Where keys are looked up by name. A function, so that printing the settings shows none. */
      variables: (): Environment => set,
    },
  });
}

/** Who sets the most tokens of a passage alone need not know that there is a target below it. */
function withinMax(data: EnvironmentData, set: Environment): EnvironmentData {
  if (set.LARDER_PASSAGE_TOKENS_TARGET !== undefined) return data;
  const target = Math.min(data.LARDER_PASSAGE_TOKENS_TARGET, data.LARDER_PASSAGE_TOKENS_MAX);
  return { ...data, LARDER_PASSAGE_TOKENS_TARGET: target };
}

type Given<Settings> = { readonly [Name in keyof Settings]?: Exclude<Settings[Name], undefined> };

/** Without what is not set, so that a default stays one. */
function given<Settings extends object>(settings: Settings): Given<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Given<Settings>;
}
