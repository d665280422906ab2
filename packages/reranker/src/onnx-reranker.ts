import { isAbsolute } from "node:path";
import type { ChildProcess } from "@larder/child-process";
import { entryUrl, openChildProcess, requestTwice } from "@larder/child-process";
import type { ComponentHealth, Reranker, RerankerId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { FileHashes, ModelDtype } from "@larder/model-files";
import { isModelId } from "@larder/model-files";
import type { OpenPayload, OpenReply, ScorePayload } from "./reranker-messages.ts";

export interface OnnxRerankerOptions {
  /** Id of a transformers.js sequence-classification model, such as `Xenova/ms-marco-MiniLM-L-6-v2`. */
  readonly model: string;
  /** Absolute folder that holds `<model>/config.json` and the rest. */
  readonly modelsFolder: string;
  /** @defaultValue "q8": `onnx/model_quantized.onnx` */
  readonly dtype?: ModelDtype;
  /** Tokens of query and passage together; never more than the tokenizer's own limit. @defaultValue 512 */
  readonly pairTokensMax?: number;
  /** sha256 by path inside the model's folder. @defaultValue `SHA256SUMS` in that folder */
  readonly fileHashes?: FileHashes;
  /** Threads inside one run of the model. @defaultValue 1 */
  readonly threads?: number;
  /** With as many passages unanswered, more are refused. @defaultValue 512, about ten questions */
  readonly passagesWaitingMax?: number;
  /** @defaultValue 60000 */
  readonly startTimeoutMs?: number;
}

/** The process that holds the model, for tests and diagnosis. */
export interface OnnxReranker extends Reranker {
  /** Of the running child. */
  readonly pid: number | undefined;
  /** How often it was started. */
  readonly starts: number;
  close(): Promise<void>;
}

const passagesPerCallMax = 64; // keeps messages small; chosen arbitrarily
const secondAsking = { isEnd: isEndOfChild, asUnavailable };

/**
 * Opens the model in a process of its own and returns when its files are verified and one pair has been scored.
 * @throws {@link LarderError} `RERANKER_MODEL_MISSING`, `RERANKER_MODEL_UNTRUSTED`, `RERANKER_OUTPUT_INVALID`,
 * `RERANKER_UNAVAILABLE`, `CONFIG_INVALID`
 */
export async function openOnnxReranker(options: OnnxRerankerOptions): Promise<OnnxReranker> {
  const { passagesWaitingMax = 512, startTimeoutMs } = options;
  const plan = planOpening(options);
  let opened: OpenReply | undefined;
  const child = openChildProcess({
    name: "reranker",
    entry: entryUrl(import.meta.url, "./reranker-process"),
    ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
    async onStart(request) {
      const reply = (await request("open", plan)) as OpenReply;
      opened ??= reply;
      if (reply.id !== opened.id) {
        throw new LarderError("RERANKER_MODEL_UNTRUSTED", { details: { model: plan.model, problem: "changed" } });
      }
    },
  });
  try {
    await child.start({ signal: new AbortController().signal }); // bounded by startTimeoutMs
  } catch (thrown) {
    await child.close();
    throw LarderError.is(thrown) && thrown.code.startsWith("RERANKER_") ? thrown : asUnavailable(thrown);
  }
  if (opened === undefined) throw new LarderError("UNEXPECTED", { cause: "started without being opened" });
  const { id } = opened;
  let waitingPassages = 0;

  return {
    id: id as RerankerId,
    passagesPerCallMax,
    get pid() {
      return child.pid;
    },
    get starts() {
      return child.starts;
    },
    async score(query, passages, call) {
      call.signal.throwIfAborted();
      if (passages.length === 0) return [];
      if (passages.length > passagesPerCallMax) throw new LarderError("UNEXPECTED", { cause: "too many passages" });
      if (waitingPassages + passages.length > passagesWaitingMax) {
        const reason = "too many passages are waiting";
        throw new LarderError("RERANKER_UNAVAILABLE", { details: { reason, waitingPassages } });
      }
      waitingPassages += passages.length;
      try {
        const payload: ScorePayload = { query, passages };
        return checkScores(await requestTwice(child, "score", payload, call, secondAsking), passages.length);
      } finally {
        waitingPassages -= passages.length;
      }
    },
    health: () => healthOf(child, id),
    close: () => child.close(),
    [Symbol.asyncDispose]: () => child.close(),
  };
}

function planOpening(options: OnnxRerankerOptions): OpenPayload {
  const { model, modelsFolder, dtype = "q8", pairTokensMax = 512, threads = 1, fileHashes } = options;
  if (!isModelId(model)) {
    throw new LarderError("CONFIG_INVALID", {
      details: { problems: "the reranker's id is not of the form owner/name" },
    });
  }
  if (!isAbsolute(modelsFolder)) {
    throw new LarderError("RERANKER_MODEL_MISSING", { details: { model, reason: "no absolute models folder" } });
  }
  return { model, modelsFolder, dtype, pairTokensMax, threads, ...(fileHashes === undefined ? {} : { fileHashes }) };
}

function checkScores(reply: unknown, count: number): readonly number[] {
  const scores: readonly unknown[] = Array.isArray(reply) ? reply : [];
  const finite = scores.filter((score): score is number => typeof score === "number" && Number.isFinite(score));
  if (finite.length === count && scores.length === count) return finite;
  throw new LarderError("RERANKER_OUTPUT_INVALID", { details: { passages: count, scores: finite.length } });
}

/** It ended, or its successor could not be opened. */
function isEndOfChild(thrown: unknown): boolean {
  if (!LarderError.is(thrown)) return false;
  return thrown.code === "CHILD_PROCESS_ENDED" || thrown.code.startsWith("RERANKER_MODEL_");
}

function asUnavailable(thrown: unknown): LarderError {
  const reason = LarderError.is(thrown) ? thrown.code : "UNEXPECTED";
  return new LarderError("RERANKER_UNAVAILABLE", { details: { reason }, cause: thrown });
}

/** Never `down` while it may come back: search goes on without it. */
function healthOf(child: ChildProcess, id: string): ComponentHealth {
  const name = "reranker";
  if (child.state === "ready") return { name, state: "ok", detail: id };
  if (child.state === "closed") return { name, state: "down", detail: "closed" };
  return { name, state: "degraded", detail: "starting again after its process ended" };
}
