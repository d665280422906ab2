import { LarderError, nanoUsd, Secret } from "@larder/contracts";
import { z } from "zod";

const mebibyte = 2 ** 20;
const dtype = z.enum(["fp32", "fp16", "q8", "int8", "uint8", "q4"]);
const positive = z.coerce.number().int().positive();

/** Every setting with its default; docs/settings.md is written from this by `npm run docs:settings`. */
export const environment = z.object({
  LARDER_DATA_DIR: z.string().default(".larder").describe("Folder for the database, uploaded files and the index."),
  LARDER_HOST: z
    .string()
    .default("127.0.0.1")
    .describe("Address to listen on; any but loopback needs LARDER_API_KEYS."),
  LARDER_PORT: z.coerce.number().int().min(0).max(65_535).default(8_787).describe("TCP port; 0 takes any free one."),
  LARDER_API_KEYS: z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((key) => key.trim())
        .filter(Boolean)
        .map((key) => new Secret(key)),
    )
    .optional()
    .describe("Bearer keys that may use the API, separated by commas, each of at least 16 characters."),
  LARDER_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("Least level logged."),
  LARDER_EMBEDDING_MODEL: z
    .string()
    .default("larder-embed-v1")
    .describe("Embedding model: the carried one, or a transformers.js model under LARDER_MODELS_DIR."),
  LARDER_MODELS_DIR: z.string().optional().describe("Folder that holds other models, each in its own folder."),
  LARDER_EMBEDDING_DIMENSIONS: positive
    .max(4_096)
    .optional()
    .describe("Dimensions kept of each vector, from the first; for models that allow it. Absent: all."),
  LARDER_EMBEDDING_POOLING: z
    .enum(["mean", "first_token", "last_token"])
    .optional()
    .describe("How another embedding model makes one vector of a text. Absent: as known of it, or mean."),
  LARDER_EMBEDDING_QUERY_PREFIX: z
    .string()
    .optional()
    .describe("Put before each question, spaces included, where another embedding model wants it."),
  LARDER_EMBEDDING_PASSAGE_PREFIX: z.string().optional().describe("Put before each passage, likewise."),
  LARDER_EMBEDDING_TEXT_TOKENS_MAX: positive
    .max(32_768)
    .optional()
    .describe("Tokens that another embedding model reads of a text. Absent: as known of it, or 512."),
  LARDER_EMBEDDING_DTYPE: dtype
    .optional()
    .describe("Which graph of another embedding model is run. Absent: q8, `onnx/model_quantized.onnx`."),
  LARDER_EMBEDDER_THREADS: positive.max(64).default(1).describe("Threads of one embedding."),
  LARDER_RERANKER_MODEL: z
    .string()
    .optional()
    .describe("Reranker: a transformers.js sequence-classification model under LARDER_MODELS_DIR. Absent: off."),
  LARDER_RERANKER_DTYPE: dtype.default("q8").describe("Which graph of the reranker is run."),
  LARDER_RERANKER_THREADS: positive.max(64).default(1).describe("Threads of one run of the reranker."),
  LARDER_PROVIDERS_FILE: z.string().optional().describe("JSON file that names providers, models and prices."),
  LARDER_LOCAL_BASE_URL: z
    .url()
    .optional()
    .describe("OpenAI-compatible server on this machine: Ollama, llama.cpp, vLLM."),
  LARDER_OFFLINE: z
    .enum(["0", "1", "false", "true"])
    .default("0")
    .transform((text) => text === "1" || text === "true")
    .describe("1: nothing but local models is asked; without one, answers are quoted from the evidence."),
  LARDER_UPLOAD_BYTES_MAX: positive.default(100 * mebibyte).describe("Largest document in bytes."),
  LARDER_UPLOAD_FILES_MAX: positive.default(100).describe("Most files in one upload."),
  LARDER_UPLOADS_AT_ONCE_MAX: positive.default(8).describe("Uploads received at the same time; more get 429."),
  LARDER_QUEUE_DOCUMENTS_MAX: positive.default(100_000).describe("Documents that may wait; more get 429."),
  LARDER_JSON_BYTES_MAX: positive.default(mebibyte).describe("Largest JSON body in bytes, document texts apart."),
  LARDER_UPLOAD_REQUEST_BYTES_MAX: positive
    .default(1024 * mebibyte)
    .describe("Largest upload, all its files together."),
  LARDER_TEXT_JSON_BYTES_MAX: positive
    .default(16 * mebibyte)
    .describe("Largest JSON body that carries a document's text."),
  LARDER_METADATA_BYTES_MAX: positive.default(64 * 1024).describe("Largest metadata of a document, as JSON."),
  LARDER_PARSE_TIMEOUT_MS: positive.default(30_000).describe("Longest time to read one document."),
  LARDER_PARSE_MEMORY_BYTES_MAX: positive.default(512 * mebibyte).describe("Most memory to read one document."),
  LARDER_PARSE_TEXT_CHARACTERS_MAX: positive.default(20 * mebibyte).describe("Longest text taken from one document."),
  LARDER_PARSE_PAGES_MAX: positive.default(10_000).describe("Most pages of one document."),
  LARDER_PARSE_HTML_NODES_MAX: positive.default(4_000_000).describe("Most elements and texts of one HTML page."),
  LARDER_PASSAGE_TOKENS_TARGET: positive.max(2_000).default(200).describe("Tokens that a passage is filled up to."),
  LARDER_PASSAGE_TOKENS_MAX: positive.max(4_000).default(320).describe("Most tokens of a passage."),
  LARDER_TASKS_AT_ONCE_MAX: positive.max(64).default(2).describe("Documents that are read and embedded at once."),
  LARDER_TASK_ATTEMPTS_MAX: positive
    .max(100)
    .default(5)
    .describe("Tries of a document that fails for a passing reason."),
  LARDER_EXACT_VECTORS_MAX: positive
    .optional()
    .describe("Passages of a knowledge base up to which search compares with every vector; above, it uses HNSW."),
  LARDER_SEARCH_CANDIDATES: positive.max(1_000).default(100).describe("Passages that each side of a search offers."),
  LARDER_SEARCH_DENSE_WEIGHT: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe("Weight of vectors in the score of a passage, 0 to 1."),
  LARDER_SEARCH_LATE_INTERACTION_WEIGHT: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe("Weight of the comparison token by token, 0 to 1; words have what the two weights leave."),
  LARDER_RERANK_CANDIDATES: positive
    .max(1_000)
    .default(30)
    .describe("Passages that the reranker reads, from the best."),
  LARDER_RERANK_WEIGHT: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      "The reranker's part in the score of a passage, 0 to 1; 1 lets it alone decide the order of what it read.",
    ),
  LARDER_SEARCH_LIMIT_PER_DOCUMENT: positive.optional().describe("Most pieces of evidence from one document."),
  LARDER_AUTO_BUDGET_TOKENS_MIN: z.coerce
    .number()
    .int()
    .min(0)
    .default(600)
    .describe("Tokens of evidence that the budget `auto` takes in any case."),
  LARDER_AUTO_BUDGET_TOKENS_MAX: positive.default(4_000).describe("Most tokens of evidence under the budget `auto`."),
  LARDER_AUTO_BUDGET_RECALL: z.coerce
    .number()
    .gt(0)
    .max(1)
    .default(0.95)
    .describe("Share of what the largest automatic budget would find that `auto` keeps, as predicted."),
  LARDER_CONFIDENCE_MIN: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe("Least confidence that a question is answered with; below it nothing is sent. 0: always answer."),
  LARDER_ANSWER_WORTH_USD: z.coerce
    .number()
    .min(0)
    .max(1_000)
    .default(0.05)
    .describe(
      "Dollars that a right answer is worth beyond a wrong one; a better model is asked for no more than it may bring.",
    ),
  LARDER_FILTER_DEPTH_MAX: positive.max(12).default(8).describe("Deepest nesting of and, or and not in a filter."),
  LARDER_FILTER_CONDITIONS_MAX: positive.max(500).default(100).describe("Most conditions of one filter."),
  LARDER_FILTER_LIST_MAX: positive.max(10_000).default(1_000).describe("Most values in one condition of a filter."),
  LARDER_FIRST_TOKEN_TIMEOUT_MS: positive.default(60_000).describe("Longest wait for a provider's first token."),
  LARDER_IDLE_TIMEOUT_MS: positive.default(30_000).describe("Longest silence in a provider's stream."),
  LARDER_ANSWER_TIMEOUT_MS: positive.default(300_000).describe("Longest time for one provider call."),
  LARDER_ATTEMPTS_MAX: positive.max(20).default(3).describe("Provider calls that one answer may take."),
  LARDER_STOP_GRACE_MS: positive.default(8_000).describe("Time that running requests get when the server stops."),
});

/** Variables that hold a provider's key. A provider whose key is absent is left out. */
export const providerKeyVariables = [
  "OPENAI_API_KEY",
  "ANTHROPIC_API_KEY",
  "GEMINI_API_KEY",
  "DEEPSEEK_API_KEY",
  "MOONSHOT_API_KEY",
  "MISTRAL_API_KEY",
  "XAI_API_KEY",
  "GROQ_API_KEY",
  "OPENROUTER_API_KEY",
] as const;

export type Environment = Readonly<Record<string, string | undefined>>;
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
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${inWords(issue)}`);
    throw new LarderError("CONFIG_INVALID", { details: { problems: problems.join("\n") } });
  }
  const data = parsed.data;
  const problems = contradictions(data);
  if (problems.length > 0) throw new LarderError("CONFIG_INVALID", { details: { problems: problems.join("\n") } });
  return Object.freeze({
    dataDir: data.LARDER_DATA_DIR,
    logLevel: data.LARDER_LOG_LEVEL,
    http: {
      host: data.LARDER_HOST,
      port: data.LARDER_PORT,
      apiKeys: data.LARDER_API_KEYS ?? [],
      stopGraceMs: data.LARDER_STOP_GRACE_MS,
    },
    limits: {
      uploadBytesMax: data.LARDER_UPLOAD_BYTES_MAX,
      uploadFilesMax: data.LARDER_UPLOAD_FILES_MAX,
      uploadsAtOnceMax: data.LARDER_UPLOADS_AT_ONCE_MAX,
      queueDocumentsMax: data.LARDER_QUEUE_DOCUMENTS_MAX,
      jsonBytesMax: data.LARDER_JSON_BYTES_MAX,
      uploadRequestBytesMax: data.LARDER_UPLOAD_REQUEST_BYTES_MAX,
      textJsonBytesMax: data.LARDER_TEXT_JSON_BYTES_MAX,
      metadataBytesMax: data.LARDER_METADATA_BYTES_MAX,
      filterDepthMax: data.LARDER_FILTER_DEPTH_MAX,
      filterConditionsMax: data.LARDER_FILTER_CONDITIONS_MAX,
      filterListMax: data.LARDER_FILTER_LIST_MAX,
    },
    ingestion: {
      parseTimeoutMs: data.LARDER_PARSE_TIMEOUT_MS,
      parseMemoryBytesMax: data.LARDER_PARSE_MEMORY_BYTES_MAX,
      textCharactersMax: data.LARDER_PARSE_TEXT_CHARACTERS_MAX,
      pagesMax: data.LARDER_PARSE_PAGES_MAX,
      htmlNodesMax: data.LARDER_PARSE_HTML_NODES_MAX,
      passageTokensTarget: data.LARDER_PASSAGE_TOKENS_TARGET,
      passageTokensMax: data.LARDER_PASSAGE_TOKENS_MAX,
      tasksAtOnceMax: data.LARDER_TASKS_AT_ONCE_MAX,
      attemptsMax: data.LARDER_TASK_ATTEMPTS_MAX,
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
    search: {
      exactVectorsMax: data.LARDER_EXACT_VECTORS_MAX,
      retriever: {
        candidatesPerSide: data.LARDER_SEARCH_CANDIDATES,
        denseWeight: data.LARDER_SEARCH_DENSE_WEIGHT,
        lateInteractionWeight: data.LARDER_SEARCH_LATE_INTERACTION_WEIGHT,
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
      answerWorth: nanoUsd(BigInt(Math.round(data.LARDER_ANSWER_WORTH_USD * 1e9))),
    },
    generation: {
      isOffline: data.LARDER_OFFLINE,
      providersFile: data.LARDER_PROVIDERS_FILE,
      localBaseUrl: data.LARDER_LOCAL_BASE_URL,
      firstTokenTimeoutMs: data.LARDER_FIRST_TOKEN_TIMEOUT_MS,
      idleTimeoutMs: data.LARDER_IDLE_TIMEOUT_MS,
      totalTimeoutMs: data.LARDER_ANSWER_TIMEOUT_MS,
      attemptsMax: data.LARDER_ATTEMPTS_MAX,
      /** Where keys are looked up by name. A function, so that printing the settings shows none. */
      variables: (): Environment => set,
    },
  });
}

type Given<Settings> = { readonly [Name in keyof Settings]?: Exclude<Settings[Name], undefined> };

/** Without what is not set, so that a default stays one. */
function given<Settings extends object>(settings: Settings): Given<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Given<Settings>;
}

/** What a setting must be. Never holds the value, which may be a key in the wrong place. */
function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? "must be a whole number" : `must be a ${issue.expected}`;
    case "too_small":
      return `must be ${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    case "invalid_format":
      return issue.format === "url" ? "must be a URL such as http://127.0.0.1:11434/v1" : `must be a ${issue.format}`;
    default:
      return "has a value that cannot be used";
  }
}

const keyCharactersMin = 16;

function contradictions(data: z.infer<typeof environment>): string[] {
  const problems: string[] = [];
  if (data.LARDER_PASSAGE_TOKENS_TARGET > data.LARDER_PASSAGE_TOKENS_MAX) {
    problems.push("LARDER_PASSAGE_TOKENS_TARGET is above LARDER_PASSAGE_TOKENS_MAX");
  }
  if (data.LARDER_API_KEYS?.some((key) => key.reveal().length < keyCharactersMin)) {
    problems.push(`LARDER_API_KEYS has a key of fewer than ${keyCharactersMin} characters`);
  }
  if (data.LARDER_RERANKER_MODEL !== undefined && data.LARDER_MODELS_DIR === undefined) {
    problems.push("LARDER_RERANKER_MODEL needs LARDER_MODELS_DIR");
  }
  if (data.LARDER_EMBEDDING_MODEL === environment.shape.LARDER_EMBEDDING_MODEL.parse(undefined)) {
    const unused = settingsOfOtherModels.filter((name) => data[name] !== undefined);
    for (const name of unused) problems.push(`${name} is for another model than the carried one`);
  }
  return problems;
}

/** The carried model is used as it was made; of these it would take no notice. */
const settingsOfOtherModels = [
  "LARDER_EMBEDDING_POOLING",
  "LARDER_EMBEDDING_QUERY_PREFIX",
  "LARDER_EMBEDDING_PASSAGE_PREFIX",
  "LARDER_EMBEDDING_TEXT_TOKENS_MAX",
  "LARDER_EMBEDDING_DTYPE",
] as const;
