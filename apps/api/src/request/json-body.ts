import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { LarderError } from "@larder/contracts";
import type { z } from "zod";
import type { ApiContext } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { invalidFields, invalidRequest } from "./field-problems.ts";
import { parseStrictJson } from "./strict-json.ts";

export interface JsonBodyLimits {
  readonly bytesMax: number;
  readonly depthMax: number;
  /** Name of the variable that raises `bytesMax`. */
  readonly setting: string;
  /** Longest wait for the next bytes. Absent: as long as the server waits for a request. */
  readonly idleMs?: number;
}

/** Those of bodies that carry text or questions. */
export function textBodyLimits({ textJsonBytesMax, jsonDepthMax }: ApiLimits): JsonBodyLimits {
  return { bytesMax: textJsonBytesMax, depthMax: jsonDepthMax, setting: "LARDER_TEXT_JSON_BYTES_MAX" };
}

export interface JsonBody<T> {
  readonly value: T;
  /** SHA-256 of the bytes, for the fingerprint of an Idempotency-Key. */
  readonly sha256: string;
}

/**
 * Reads a JSON body within its limits and checks it. Bytes are counted as they come, so that a chunked body or a false
 * Content-Length is stopped at the limit like any other.
 * @throws {@link LarderError} `REQUEST_UNSUPPORTED_MEDIA_TYPE`, `REQUEST_TOO_LARGE`, `REQUEST_INVALID`
 */
export async function readJsonBody<Schema extends z.ZodType>(
  c: ApiContext,
  schema: Schema,
  limits: JsonBodyLimits,
): Promise<JsonBody<z.output<Schema>>> {
  requireJson(c);
  const bytes = await readBytes(c, limits);
  const parsed = schema.safeParse(parseStrictJson(decodeUtf8(bytes, "body"), limits.depthMax, "body"));
  if (!parsed.success) throw invalidFields(parsed.error);
  return { value: parsed.data, sha256: createHash("sha256").update(bytes).digest("hex") };
}

export function mediaTypeOf(c: ApiContext): string {
  return (c.req.header("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** @throws {@link LarderError} `REQUEST_UNSUPPORTED_MEDIA_TYPE` for a compressed body: sizes would mean nothing. */
export function refuseContentEncoding(c: ApiContext): void {
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== "identity") throw new LarderError("REQUEST_UNSUPPORTED_MEDIA_TYPE");
}

function requireJson(c: ApiContext): void {
  refuseContentEncoding(c);
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(c.req.header("content-type") ?? "")?.[1];
  const isUtf8 = charset === undefined || /^utf-?8$/i.test(charset);
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(mediaTypeOf(c)) || !isUtf8) {
    throw new LarderError("REQUEST_UNSUPPORTED_MEDIA_TYPE");
  }
}

async function readBytes(c: ApiContext, { bytesMax, setting, idleMs }: JsonBodyLimits): Promise<Uint8Array> {
  const tooLarge = () => new LarderError("REQUEST_TOO_LARGE", { details: { bytesMax, setting } });
  if (Number(c.req.header("content-length") ?? 0) > bytesMax) throw tooLarge();
  if (c.env?.incoming !== undefined) return readIncoming(c.env.incoming, c, { bytesMax, idleMs, tooLarge });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of requestChunks(c)) {
    size += chunk.byteLength;
    if (size > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** By events: an iterator takes longer over a small body than all that is done with it. */
function readIncoming(
  incoming: IncomingMessage,
  c: ApiContext,
  { bytesMax, idleMs, tooLarge }: { bytesMax: number; idleMs: number | undefined; tooLarge: () => LarderError },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const idle = idleMs === undefined ? undefined : setTimeout(() => leave(() => reject(stalled(idleMs))), idleMs);
    const take = (chunk: Buffer) => {
      size += chunk.byteLength;
      idle?.refresh();
      if (size <= bytesMax) chunks.push(chunk);
      else leave(() => reject(tooLarge()));
    };
    const end = () => leave(() => resolve(Buffer.concat(chunks, size)));
    const fail = (cause?: unknown) => leave(() => reject(brokenOff(c, cause)));
    const leave = (act: () => void) => {
      clearTimeout(idle);
      incoming.off("data", take).off("end", end).off("error", fail).off("close", fail);
      incoming.pause();
      act();
    };
    incoming.on("data", take).once("end", end).once("error", fail).once("close", fail);
  });
}

/**
 * The request's bytes as they come. Leaving the loop cancels the rest. A body that breaks off is the sender's abort.
 * @throws {@link LarderError} `REQUEST_STALLED` when a sender sends nothing for `idleMs`
 */
export async function* bodyChunks(c: ApiContext, idleMs: number): AsyncGenerator<Uint8Array> {
  const incoming = c.env?.incoming;
  yield* incoming === undefined ? requestChunks(c) : incomingChunks(incoming, c, idleMs);
}

/** Of a request that came by no socket: nobody stalls there. */
async function* requestChunks(c: ApiContext): AsyncGenerator<Uint8Array> {
  const { body } = c.req.raw;
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await readOr(reader, c);
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined); // it ended, or nobody wants the rest
  }
}

/** Leaving the loop keeps the socket: the answer goes out on it. */
async function* incomingChunks(incoming: IncomingMessage, c: ApiContext, idleMs: number): AsyncGenerator<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false });
  let isStalled = false;
  try {
    for (;;) {
      let idle: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_, reject) => {
        idle = setTimeout(() => {
          isStalled = true;
          reject(stalled(idleMs));
        }, idleMs);
      });
      try {
        const { done, value } = await Promise.race([chunks.next(), silence]);
        if (done === true) return;
        yield value as Uint8Array;
      } finally {
        clearTimeout(idle);
      }
    }
  } catch (cause) {
    throw isStalled ? cause : brokenOff(c, cause);
  } finally {
    if (!isStalled) await chunks.return?.(); // one that waits for bytes which never come would wait for them here
  }
}

function stalled(idleMs: number): LarderError {
  return new LarderError("REQUEST_STALLED", { details: { idleMs, setting: "LARDER_UPLOAD_IDLE_MS" } });
}

/** A body that breaks off is its sender's abort. */
function brokenOff(c: ApiContext, cause: unknown): unknown {
  const { signal } = c.get("call");
  return signal.aborted ? signal.reason : new LarderError("REQUEST_ABORTED", { cause });
}

async function readOr(reader: ReadableStreamDefaultReader<Uint8Array>, c: ApiContext) {
  try {
    return await reader.read();
  } catch (cause) {
    throw brokenOff(c, cause);
  }
}

export function decodeUtf8(bytes: Uint8Array, field: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidRequest({ field, reason: "is not UTF-8" });
  }
}
