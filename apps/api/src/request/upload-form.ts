import { setMaxListeners } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Blob, BlobStore, Metadata } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { Busboy, FileInfo } from "busboy";
import busboy from "busboy";
import type { z } from "zod";
import type { ApiContext } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { cleanFileName } from "./clean-file-name.ts";
import { invalidFields, invalidRequest } from "./field-problems.ts";
import { bodyChunks, decodeUtf8, refuseContentEncoding } from "./json-body.ts";
import { freeObject, lineOfText } from "./request-schemas.ts";
import { parseStrictJson } from "./strict-json.ts";

export interface ReceivedFile {
  readonly blob: Blob;
  /** For show and as a hint to the parser; never a path to open. */
  readonly fileName: string;
  readonly mediaType: string;
}

export interface UploadForm {
  /** In the order of their parts; at least one, none empty. */
  readonly files: readonly ReceivedFile[];
  readonly title?: string;
  readonly externalId?: string;
  readonly metadata: Metadata;
}

const fieldNames = ["metadata", "external_id", "title"] as const;
type FieldName = (typeof fieldNames)[number];
const isFieldName = (name: string | undefined): name is FieldName => fieldNames.some((known) => known === name);

/**
 * Receives multipart/form-data. File parts stream straight into the blob store as they come, so that memory does not
 * grow with their size; other parts are small and bounded. The first fault stops the reading; what was stored by then
 * is content-addressed and belongs to no document.
 * @throws {@link LarderError} `REQUEST_INVALID`, `REQUEST_TOO_LARGE`, `DOCUMENT_TOO_LARGE`, `DOCUMENT_EMPTY`
 */
export async function receiveUploadForm(
  c: ApiContext,
  blobs: BlobStore,
  limits: ApiLimits,
  filesMax: number,
): Promise<UploadForm> {
  refuseContentEncoding(c);
  refuseDeclaredBytes(c, limits, filesMax);
  setMaxListeners(filesMax + 20, c.get("call").signal); // each small file of one packet listens for the abort
  const parser = openParser(c, limits, filesMax);
  const stop = new AbortController();
  const faults: unknown[] = [];
  const files: ReceivedFile[] = [];
  const fields = new Map<FieldName, string>();
  const running: Promise<void>[] = [];
  const fail = (thrown: unknown) => {
    faults.push(thrown);
    stop.abort();
  };
  const setField = (name: string | undefined, value: string) => {
    if (!isFieldName(name)) fail(unknownPart(name));
    else if (fields.has(name)) fail(invalidRequest({ field: name, reason: "is given twice" }));
    else fields.set(name, value);
  };
  const receive = async (place: number, stream: Readable, info: FileInfo) => {
    const blob = await blobs.put(stream, { bytesMax: limits.uploadBytesMax }, c.get("call"));
    if (blob.bytes === 0) throw new LarderError("DOCUMENT_EMPTY", { details: { file: place + 1 } });
    files[place] = { blob, fileName: cleanFileName(info.filename), mediaType: info.mimeType };
  };
  let places = 0;
  parser.on("file", (name: string | undefined, stream, info) => {
    stream.on("error", () => undefined); // whoever reads it is told too; a part that nobody reads yet must not crash us
    if (name === "file") running.push(receive(places++, stream, info).catch(fail));
    else if (isFieldName(name))
      running.push(
        readPart(stream, name, limits)
          .then((text) => setField(name, text))
          .catch(fail),
      );
    else fail(unknownPart(name));
  });
  parser.on("field", (name, value, { valueTruncated }) => {
    if (valueTruncated) fail(tooLarge("LARDER_METADATA_BYTES_MAX", limits.metadataBytesMax));
    else setField(name, value);
  });
  parser.on("filesLimit", () => fail(tooLarge("LARDER_UPLOAD_FILES_MAX", filesMax)));
  parser.on("fieldsLimit", () => fail(invalidRequest({ field: "body", reason: "has too many parts" })));
  parser.on("partsLimit", () => fail(invalidRequest({ field: "body", reason: "has too many parts" })));
  try {
    const source = Readable.from(withinBytes(bodyChunks(c, limits.uploadIdleMs), limits.uploadRequestBytesMax));
    await pipeline(source, parser, { signal: stop.signal });
  } catch (thrown) {
    fail(LarderError.is(thrown) ? thrown : formBroken(thrown));
  }
  await Promise.all(running); // each catches its own
  if (faults.length > 0) throw firstTelling(faults, limits);
  return finishForm(files, fields, limits);
}

/** Where a request says how long it is, nothing of one that cannot be taken is read. */
function refuseDeclaredBytes(c: ApiContext, limits: ApiLimits, filesMax: number): void {
  const declaredBytes = Number(c.req.header("content-length") ?? 0);
  if (declaredBytes > limits.uploadRequestBytesMax) {
    throw tooLarge("LARDER_UPLOAD_REQUEST_BYTES_MAX", limits.uploadRequestBytesMax);
  }
  const besideFilesMax = fieldNames.length * limits.metadataBytesMax + filesMax * partHeadersBytesMax;
  if (declaredBytes > filesMax * limits.uploadBytesMax + besideFilesMax) throw documentTooLarge(limits);
}

/** Of one part: its name, its type and the boundary; more is no file's. */
const partHeadersBytesMax = 16 * 1024;

function openParser(c: ApiContext, limits: ApiLimits, filesMax: number): Busboy {
  try {
    return busboy({
      headers: { "content-type": c.req.header("content-type") ?? "" },
      defParamCharset: "utf8",
      limits: {
        files: filesMax,
        fields: fieldNames.length,
        parts: filesMax + fieldNames.length + 2, // told when reached, not when passed
        fieldNameSize: 100,
        fieldSize: limits.metadataBytesMax + 1, // told when reached
        headerPairs: 16,
      },
    });
  } catch (cause) {
    throw formBroken(cause); // no boundary
  }
}

/** When reading stops, parts in work fail with it: the first fault is the cause, unless a limit explains it better. */
function firstTelling(faults: readonly unknown[], limits: ApiLimits): unknown {
  const tooLargeFault = faults.find((fault) => LarderError.is(fault) && fault.code === "DOCUMENT_TOO_LARGE");
  if (tooLargeFault === undefined) return faults.find((fault) => LarderError.is(fault)) ?? formBroken(faults[0]);
  return documentTooLarge(limits, tooLargeFault);
}

function documentTooLarge({ uploadBytesMax }: ApiLimits, cause?: unknown): LarderError {
  const details = { bytesMax: uploadBytesMax, setting: "LARDER_UPLOAD_BYTES_MAX" };
  return new LarderError("DOCUMENT_TOO_LARGE", { details, cause });
}

function formBroken(cause: unknown): LarderError {
  const isStorageFault = cause instanceof Error && "code" in cause && "syscall" in cause;
  if (isStorageFault) return new LarderError("UNEXPECTED", { cause });
  return invalidRequest({ field: "body", reason: "is not complete multipart/form-data with its boundary" });
}

function unknownPart(name: string | undefined): LarderError {
  const expected = `file, ${fieldNames.join(", ")}`;
  return invalidRequest({ field: "body", reason: `has a part of another name than ${expected}` }, ...hintFor(name));
}

function hintFor(name: string | undefined) {
  return name === "file" ? [{ field: "file", reason: "needs a file name" }] : [];
}

function tooLarge(setting: string, limit: number): LarderError {
  return new LarderError("REQUEST_TOO_LARGE", { details: { setting, limit } });
}

async function* withinBytes(chunks: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > bytesMax) throw tooLarge("LARDER_UPLOAD_REQUEST_BYTES_MAX", bytesMax);
    yield chunk;
  }
}

/** A browser sends a typed part as a file; `metadata` may come so. */
async function readPart(stream: Readable, name: FieldName, limits: ApiLimits): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limits.metadataBytesMax) throw tooLarge("LARDER_METADATA_BYTES_MAX", limits.metadataBytesMax);
    chunks.push(chunk);
  }
  return decodeUtf8(Buffer.concat(chunks), name);
}

function finishForm(
  files: readonly ReceivedFile[],
  fields: ReadonlyMap<FieldName, string>,
  limits: ApiLimits,
): UploadForm {
  if (files.length === 0) throw invalidRequest({ field: "file", reason: "at least one file part is needed" });
  const alone = (["external_id", "title"] as const).filter((name) => fields.has(name) && files.length > 1);
  if (alone.length > 0) {
    throw invalidRequest(...alone.map((field) => ({ field, reason: "can be given with a single file only" })));
  }
  const title = checked(fields.get("title"), lineOfText(500), "title");
  const externalId = checked(fields.get("external_id"), lineOfText(512), "external_id");
  const metadataText = fields.get("metadata");
  const sent = metadataText === undefined ? {} : parseStrictJson(metadataText, limits.jsonDepthMax, "metadata");
  const metadata = checked(sent, freeObject(limits.metadataBytesMax), "metadata") ?? {};
  return {
    files,
    metadata,
    ...(title === undefined ? {} : { title }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

function checked<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
  place: string,
): z.output<Schema> | undefined {
  if (value === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidFields(parsed.error, place);
  return parsed.data;
}
