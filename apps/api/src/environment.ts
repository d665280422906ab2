import { parseUsd, Secret, zeroUsd } from "@larder/contracts";
import { z } from "zod";
import { callingSettings } from "./config-calling.ts";
import { fetchingSettings } from "./config-fetching.ts";
import { indexSettings } from "./config-index.ts";
import { jobSettings } from "./config-jobs.ts";
import { parsingSettings, uploadSettings } from "./config-reading.ts";
import { searchSettings } from "./config-searching.ts";

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
  LARDER_PRICES_FILE: z
    .string()
    .optional()
    .describe(
      "Catalog of prices, as `larder prices import` writes it. Absent: the imported one, else the carried one.",
    ),
  LARDER_LOCAL_BASE_URL: z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .pipe(z.array(z.url({ protocol: /^https?$/ })).max(16))
    .optional()
    .describe("Servers on this machine or network, separated by commas: Ollama, llama.cpp, vLLM, LM Studio."),
  LARDER_LOCAL_USD_PER_HOUR: z
    .string()
    .refine((text) => (parseUsd(text) ?? -1n) >= 0n, "must be dollars as decimal text")
    .transform((text) => parseUsd(text) ?? zeroUsd)
    .optional()
    .describe("Electricity and the machine's share for an hour of a local model's work. Absent: it costs nothing."),
  LARDER_LOCAL_INPUT_TOKENS_PER_SECOND: positive.default(500).describe("Tokens that a local model reads in a second."),
  LARDER_LOCAL_OUTPUT_TOKENS_PER_SECOND: positive.default(20).describe("Tokens that it writes in a second."),
  LARDER_OFFLINE: z
    .enum(["0", "1", "false", "true"])
    .default("0")
    .transform((text) => text === "1" || text === "true")
    .describe("1: nothing but local models is asked; without one, answers are quoted from the evidence."),
  ...uploadSettings,
  ...fetchingSettings,
  ...parsingSettings,
  LARDER_PASSAGE_TOKENS_TARGET: positive
    .max(2_000)
    .default(200)
    .describe("Tokens that a passage is filled up to; LARDER_PASSAGE_TOKENS_MAX where only that is set, and is less."),
  LARDER_PASSAGE_TOKENS_MAX: positive
    .max(4_000)
    .default(320)
    .describe("Most tokens of a passage. One that the embedding model would not read to its end is shorter."),
  LARDER_TASKS_AT_ONCE_MAX: positive
    .max(64)
    .default(2)
    .describe("Groups of documents in work at once: one is read while another is embedded."),
  LARDER_TASK_ATTEMPTS_MAX: positive
    .max(100)
    .default(5)
    .describe("Tries of a document that fails for a passing reason."),
  ...jobSettings,
  ...indexSettings,
  ...searchSettings,
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
  LARDER_ANSWER_QUALITY_MIN: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.15)
    .describe(
      "Least quality of a model that answers from documents, where the policy has no min_quality and names no models; " +
        "local models and others of your own that nobody rated are let in. 0: any model.",
    ),
  LARDER_ANSWER_WORTH_USD: z.coerce
    .number()
    .min(0)
    .max(1_000)
    .default(0.05)
    .describe(
      "Dollars that a right answer is worth beyond a wrong one; a better model is asked for no more than it may bring.",
    ),
  LARDER_PAST_QUESTIONS_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(20_000)
    .default(2_000)
    .describe(
      "Questions of each knowledge base whose vectors are kept with how their answers turned out, so that a model that " +
        "failed at questions like a new one is not asked first, once such questions foretold outcomes. 0: none are kept, and those that were are deleted at the start.",
    ),
  LARDER_PAST_QUESTIONS_SIMILARITY_MIN: z.coerce
    .number()
    .min(0)
    .lt(1)
    .default(0.4)
    .describe("Cosine of two questions' vectors below which the one says nothing of the other."),
  LARDER_SAVINGS_HOLDOUT: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "Share of the questions, by chance, that is answered with the whole knowledge base in the prompt, where it fits: " +
        "what retrieval saves is then seen, and paid for. 0: none.",
    ),
  LARDER_RECEIPTS_KEEP_QUESTIONS: z
    .enum(["0", "1", "false", "true"])
    .default("0")
    .transform((text) => text === "1" || text === "true")
    .describe("1: receipts keep the question and its history, unless a request says `keep_question: false`."),
  LARDER_FILTER_DEPTH_MAX: positive.max(12).default(8).describe("Deepest nesting of and, or and not in a filter."),
  LARDER_FILTER_CONDITIONS_MAX: positive.max(500).default(100).describe("Most conditions of one filter."),
  LARDER_FILTER_LIST_MAX: positive.max(10_000).default(1_000).describe("Most values in one condition of a filter."),
  LARDER_FIRST_TOKEN_TIMEOUT_MS: positive.default(60_000).describe("Longest wait for a provider's first token."),
  LARDER_IDLE_TIMEOUT_MS: positive.default(30_000).describe("Longest silence in a provider's stream."),
  LARDER_ANSWER_TIMEOUT_MS: positive.default(300_000).describe("Longest time for one provider call."),
  ...callingSettings,
  LARDER_BUDGET_RESERVE: z
    .enum(["worst", "p99"])
    .default("worst")
    .describe(
      "What a budget sets aside for a call. worst: the most that it may cost, so that no bill passes a budget. p99: what " +
        "99 of 100 answers took, where 600 were observed; one that takes more may pass the budget.",
    ),
  LARDER_BUDGET_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(5_000)
    .describe("Longest wait for money of a budget that calls under way have reserved and may give back."),
  LARDER_IDEMPOTENCY_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(30_000)
    .describe("Longest wait of a request for the reply to an earlier one with its Idempotency-Key; then it gets 409."),
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
