import type { ChildProcess } from "@larder/child-process";
import { entryUrl, openChildProcess, requestTwice } from "@larder/child-process";
import type { ComponentHealth, Embedder, EmbedderId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { OpenReply } from "./embedder-messages.ts";
import { createLaneQueue } from "./lane-queue.ts";
import type { ModelOptions } from "./plan-opening.ts";
import { planOpening } from "./plan-opening.ts";
import { checkUnitRows } from "./unit-rows.ts";

export interface OnnxEmbedderOptions extends ModelOptions {
  /** A lane with as many unanswered texts refuses more. @defaultValue 256 */
  readonly queryTextsWaitingMax?: number;
  /** Of the bulk lane, and of the background lane. @defaultValue 65536 */
  readonly bulkTextsWaitingMax?: number;
  /** @defaultValue 60000 */
  readonly startTimeoutMs?: number;
  /** Added to the process's nice value. @defaultValue 0 */
  readonly niceness?: number;
}

/** The process that holds the model, for tests and diagnosis. */
export interface OnnxEmbedder extends Embedder {
  /** Of the running child. */
  readonly pid: number | undefined;
  /** How often it was started. */
  readonly starts: number;
  close(): Promise<void>;
}

const batchTextsMax = 16; // what a query may have to wait for, if the child did not take turns between texts
const countedTextsMax = 256; // a request; keeps messages small
const secondAsking = { isEnd: isEndOfChild, asUnavailable };

/**
 * Opens the model in a process of its own and returns when it has proved itself: files verified, self-test passed.
 * @throws {@link LarderError} `EMBEDDER_MODEL_MISSING`, `EMBEDDER_MODEL_UNTRUSTED`, `EMBEDDER_OUTPUT_INVALID`,
 * `EMBEDDER_UNAVAILABLE`, `CONFIG_INVALID`
 */
export async function openOnnxEmbedder(options: OnnxEmbedderOptions = {}): Promise<OnnxEmbedder> {
  const plan = planOpening(options);
  let opened: OpenReply | undefined;
  let startFailure: LarderError | undefined;
  const child = openChildProcess({
    name: "embedder",
    entry: entryUrl(import.meta.url, "./embedder-process"),
    ...(options.niceness === undefined ? {} : { niceness: options.niceness }),
    ...(options.startTimeoutMs === undefined ? {} : { startTimeoutMs: options.startTimeoutMs }),
    async onStart(request) {
      try {
        const reply = (await request("open", plan)) as OpenReply;
        opened ??= reply;
        if (reply.id !== opened.id) {
          throw new LarderError("EMBEDDER_MODEL_UNTRUSTED", { details: { model: plan.model, problem: "changed" } });
        }
        startFailure = undefined;
      } catch (thrown) {
        startFailure = asUnavailable(thrown);
        throw thrown;
      }
    },
  });
  try {
    await child.start({ signal: new AbortController().signal }); // bounded by startTimeoutMs
  } catch (thrown) {
    await child.close();
    throw LarderError.is(thrown) && thrown.code !== "CHILD_PROCESS_ENDED" ? thrown : asUnavailable(thrown);
  }
  if (opened === undefined) throw new LarderError("UNEXPECTED", { cause: "started without being opened" });
  const { id, dimensions, textTokensMax } = opened;

  const queue = createLaneQueue({
    dimensions,
    batchTextsMax,
    inFlightMax: { query: 4, bulk: 1, background: 1 },
    waitingTextsMax: {
      query: options.queryTextsWaitingMax ?? 256,
      bulk: options.bulkTextsWaitingMax ?? 65_536,
      background: options.bulkTextsWaitingMax ?? 65_536,
    },
    async send(texts, lane, call) {
      const rows = await requestTwice(child, "embed", { texts, lane }, call, secondAsking);
      if (!(rows instanceof Float32Array)) throw new LarderError("EMBEDDER_OUTPUT_INVALID");
      return checkUnitRows(rows, texts.length, dimensions);
    },
  });
  const close = async (): Promise<void> => {
    queue.close(new LarderError("EMBEDDER_UNAVAILABLE", { details: { reason: "closed" } }));
    await child.close();
  };

  return {
    id: id as EmbedderId,
    dimensions,
    textTokensMax,
    textsPerCallMax: 256,
    get pid() {
      return child.pid;
    },
    get starts() {
      return child.starts;
    },
    embed: (texts, lane, call) => queue.submit(texts, lane, call),
    async countTokens(texts, call) {
      call.signal.throwIfAborted();
      const counts: number[] = [];
      for (let start = 0; start < texts.length; start += countedTextsMax) {
        const part = { texts: texts.slice(start, start + countedTextsMax) };
        counts.push(...((await requestTwice(child, "countTokens", part, call, secondAsking)) as number[]));
      }
      return counts;
    },
    health: () => healthOf(child, id, startFailure),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** It ended, or its successor could not be opened. */
function isEndOfChild(thrown: unknown): boolean {
  if (!LarderError.is(thrown)) return false;
  return thrown.code === "CHILD_PROCESS_ENDED" || thrown.code.startsWith("EMBEDDER_MODEL_");
}

function asUnavailable(thrown: unknown): LarderError {
  const reason = LarderError.is(thrown) ? thrown.code : "UNEXPECTED";
  return new LarderError("EMBEDDER_UNAVAILABLE", { details: { reason }, cause: thrown });
}

function healthOf(child: ChildProcess, id: string, startFailure: LarderError | undefined): ComponentHealth {
  const name = "embedder";
  if (child.state === "ready") return { name, state: "ok", detail: id };
  if (child.state === "closed") return { name, state: "down", detail: "closed" };
  if (startFailure !== undefined) {
    return { name, state: "down", detail: `cannot be started: ${startFailure.details.reason}` };
  }
  return { name, state: "degraded", detail: "starting again after its process ended" };
}
