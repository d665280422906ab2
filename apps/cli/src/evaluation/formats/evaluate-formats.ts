import { openAsBlob } from "node:fs";
import { readFile } from "node:fs/promises";
import type { FormatFile } from "./find-formats.ts";
import type { TokenOverlap } from "./token-f1.ts";
import { tokenOverlap } from "./token-f1.ts";

/** What became of one file. */
export interface FormatResult {
  readonly name: string;
  readonly status: "ready" | "failed";
  readonly mediaType: string;
  /** Of a failure. */
  readonly code?: string;
  readonly hint?: string;
  readonly warnings: readonly string[];
  readonly characters: number;
  readonly passages: number;
  readonly pages: number;
  /** From the request to `ready` or `failed`. */
  readonly totalMs: number;
  /** Of the text less comments and notes. Absent without a reference, and where no text was made. */
  readonly overlap?: TokenOverlap;
  /** What the token F1 must reach; absent without a reference. */
  readonly f1Min?: number;
  /** Why this file is not what it must be; absent when it is. */
  readonly problem?: string;
}

export type SendRequest = (path: string, init?: RequestInit) => Promise<Response>;

interface DocumentBody {
  readonly id: string;
  readonly status: string;
  readonly media_type: string;
  readonly error: { readonly code: string; readonly hint: string } | null;
  readonly warnings: readonly { readonly code: string }[];
  readonly counts: { readonly passages: number; readonly pages: number };
}

interface PassagesBody {
  readonly data: readonly { readonly heading: string | null; readonly text: string }[];
  readonly next_cursor: string | null;
}

interface ProblemBody {
  readonly code?: string;
  readonly hint?: string;
}

const waitMs = 60_000;

/** Ingests the files one by one through the routes and looks at what they became. */
export async function* evaluateFormats(
  files: readonly FormatFile[],
  sendRequest: SendRequest,
  signal: AbortSignal,
): AsyncGenerator<FormatResult> {
  const created = await sendRequest("/v1/knowledge-bases", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "formats" }),
    signal,
  });
  const { id } = (await created.json()) as { id: string };
  for (const file of files) yield await evaluateFile(file, `/v1/knowledge-bases/${id}/documents`, sendRequest, signal);
}

async function evaluateFile(
  file: FormatFile,
  documentsPath: string,
  sendRequest: SendRequest,
  signal: AbortSignal,
): Promise<FormatResult> {
  const startedMs = performance.now();
  const form = new FormData();
  form.set("file", await openAsBlob(file.path), file.name);
  const reply = await sendRequest(`${documentsPath}?wait_ms=${waitMs}`, { method: "POST", body: form, signal });
  if (!reply.ok) return refused(file, (await reply.json()) as ProblemBody, performance.now() - startedMs);
  const { documents } = (await reply.json()) as { documents: readonly { readonly id: string }[] };
  const path = `${documentsPath}/${documents[0]?.id}`;
  const document = (await (await sendRequest(path, { signal })).json()) as DocumentBody;
  const totalMs = performance.now() - startedMs;
  const content = document.status === "ready" ? await textOf(sendRequest, path, signal) : "";
  const body = document.status === "ready" ? await withoutAsides(sendRequest, path, content, signal) : "";
  const overlap = await compare(file, document, body);
  const { error, counts } = document;
  const f1Min = file.reference?.f1Min;
  const problem = problemOf(document, content, overlap, f1Min);
  return {
    name: file.name,
    status: document.status === "ready" ? "ready" : "failed",
    mediaType: document.media_type,
    ...(error === null ? {} : { code: error.code, hint: error.hint }),
    warnings: document.warnings.map(({ code }) => code),
    characters: content.length,
    passages: counts.passages,
    pages: counts.pages,
    totalMs,
    ...(overlap === undefined ? {} : { overlap }),
    ...(f1Min === undefined ? {} : { f1Min }),
    ...(problem === undefined ? {} : { problem }),
  };
}

async function textOf(sendRequest: SendRequest, path: string, signal: AbortSignal): Promise<string> {
  return ((await (await sendRequest(`${path}/content`, { signal })).json()) as { text: string }).text;
}

/**
 * The text less comments and speaker's notes, which the references leave out and Larder keeps under headings of their own.
 */
async function withoutAsides(
  sendRequest: SendRequest,
  path: string,
  content: string,
  signal: AbortSignal,
): Promise<string> {
  let text = content;
  for (let cursor = ""; ; ) {
    const reply = await sendRequest(`${path}/passages?limit=200${cursor}`, { signal });
    const { data, next_cursor: next } = (await reply.json()) as PassagesBody;
    for (const { heading, text: passage } of data) {
      if (/(?:^| > )(?:Comments|Notes)$/u.test(heading ?? "")) text = text.replace(passage, "");
    }
    if (next === null) return text;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}

async function compare({ reference }: FormatFile, { status }: DocumentBody, text: string) {
  if (reference === undefined || status !== "ready") return undefined;
  const expected = withoutMarks(await readFile(reference.path, "utf8"));
  return tokenOverlap(text, expected);
}

function problemOf(
  document: DocumentBody,
  text: string,
  overlap: TokenOverlap | undefined,
  f1Min: number | undefined,
): string | undefined {
  if (document.status !== "ready" && document.status !== "failed") return `still ${document.status} after ${waitMs} ms`;
  if (document.status === "failed") {
    const { code = "", hint = "" } = document.error ?? {};
    return code === "" || hint === "" || code === "UNEXPECTED" || code === "PARSER_CRASHED" ? "no reason" : undefined;
  }
  if (text.trim() === "" || document.counts.passages === 0) return "ready without text";
  if (overlap !== undefined && f1Min !== undefined && overlap.f1 < f1Min) return `token F1 below ${f1Min}`;
  return undefined;
}

function refused({ name, reference }: FormatFile, problem: ProblemBody, totalMs: number): FormatResult {
  const { code = "", hint = "" } = problem;
  const none = { warnings: [], characters: 0, passages: 0, pages: 0 };
  return {
    name,
    status: "failed",
    mediaType: "",
    code,
    hint,
    totalMs,
    ...none,
    ...(reference === undefined ? {} : { f1Min: reference.f1Min }),
    ...(code === "" ? { problem: "no reason" } : {}),
  };
}

/** Marks where images were, and targets of links: written by the reference's maker, in no reader's text. */
function withoutMarks(markdown: string): string {
  return markdown
    .replace(/<!--[\s\S]*?-->/gu, "")
    .replace(/\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s"[^"]*")?\)/gu, "]");
}
