import type { ErrorCode } from "@larder/contracts";
import { z } from "zod";
import { environment } from "../src/environment.ts";

type Setting = keyof typeof environment.shape;

/** What is answered above each limit of taking documents in, in the order of a document's way. */
const codes: readonly (readonly [Setting, ErrorCode | undefined])[] = [
  ["LARDER_UPLOAD_BYTES_MAX", "DOCUMENT_TOO_LARGE"],
  ["LARDER_UPLOAD_REQUEST_BYTES_MAX", "REQUEST_TOO_LARGE"],
  ["LARDER_UPLOAD_FILES_MAX", "REQUEST_TOO_LARGE"],
  ["LARDER_UPLOAD_DOCUMENTS_MAX", "ARCHIVE_TOO_LARGE"],
  ["LARDER_TEXT_JSON_BYTES_MAX", "REQUEST_TOO_LARGE"],
  ["LARDER_METADATA_BYTES_MAX", "REQUEST_TOO_LARGE"],
  ["LARDER_UPLOAD_IDLE_MS", "REQUEST_STALLED"],
  ["LARDER_REQUEST_TIMEOUT_MS", "REQUEST_ABORTED"],
  ["LARDER_UPLOADS_AT_ONCE_MAX", "QUEUE_FULL"],
  ["LARDER_QUEUE_DOCUMENTS_MAX", "QUEUE_FULL"],
  ["LARDER_FETCH_BYTES_MAX", "DOCUMENT_TOO_LARGE"],
  ["LARDER_FETCH_TIMEOUT_MS", "ADDRESS_UNREACHABLE"],
  ["LARDER_FETCH_CONNECT_TIMEOUT_MS", "ADDRESS_UNREACHABLE"],
  ["LARDER_FETCH_REDIRECTS_MAX", "ADDRESS_REFUSED"],
  ["LARDER_FETCH_HOST_GAP_MS", undefined],
  ["LARDER_FETCH_CRAWL_DELAY_MS_MAX", undefined],
  ["LARDER_SITEMAP_FILES_MAX", undefined],
  ["LARDER_PARSE_ARCHIVE_ENTRIES_MAX", "ARCHIVE_TOO_LARGE"],
  ["LARDER_PARSE_INFLATED_BYTES_MAX", "ARCHIVE_TOO_LARGE"],
  ["LARDER_PARSE_INFLATED_RATIO_MAX", "ARCHIVE_TOO_LARGE"],
  ["LARDER_PARSE_TIMEOUT_MS", "PARSER_TIMED_OUT"],
  ["LARDER_PARSE_MEMORY_BYTES_MAX", "PARSER_OUT_OF_MEMORY"],
  ["LARDER_PARSE_TEXT_CHARACTERS_MAX", "DOCUMENT_TOO_LARGE"],
  ["LARDER_PARSE_PAGES_MAX", "DOCUMENT_TOO_LARGE"],
  ["LARDER_PARSE_HTML_NODES_MAX", "DOCUMENT_TOO_LARGE"],
  ["LARDER_PARSE_XML_DEPTH_MAX", "DOCUMENT_TOO_LARGE"],
  ["LARDER_PARSE_MAIL_PARTS_MAX", "DOCUMENT_TOO_LARGE"],
  ["LARDER_PASSAGE_TOKENS_MAX", undefined],
  ["LARDER_TASKS_AT_ONCE_MAX", undefined],
  ["LARDER_TASK_ATTEMPTS_MAX", "JOB_ATTEMPTS_EXHAUSTED"],
];

/** The limits as rows of Markdown, those of readers that are not named above at the end. */
export function limitsTable(): string {
  const { properties = {} } = z.toJSONSchema(environment, { io: "input" });
  const named = new Set<string>(codes.map(([name]) => name));
  const others = Object.keys(environment.shape).filter((name) => name.startsWith("LARDER_PARSE_") && !named.has(name));
  const all = [...codes, ...others.map((name) => [name, "DOCUMENT_TOO_LARGE"] as const)];
  const rows = all.map(([name, code]) => {
    const property = properties[name];
    const { description = "", default: value } = typeof property === "object" ? property : {};
    const above = code === undefined ? "" : `\`${code}\``;
    return `| ${description} | ${inUnits(name, Number(value))} | \`${name}\` | ${above} |`;
  });
  return ["| limit | default | setting | above it |", "|---|---|---|---|", ...rows].join("\n");
}

function inUnits(name: string, value: number): string {
  if (/_BYTES_MAX$/u.test(name)) return value >= 2 ** 20 ? `${value / 2 ** 20} MiB` : `${value / 2 ** 10} KiB`;
  if (/_MS(?:_|$)/u.test(name)) return `${value / 1_000} s`;
  return value.toLocaleString("en");
}
