import { isDelimited } from "./is-delimited.ts";
import { sniffMail } from "./sniff-mail.ts";
import { sniffMarkup } from "./sniff-markup.ts";
import { sniffProgram } from "./sniff-program.ts";
import { extensionOf, namedMediaType } from "./text-names.ts";

/** Comments, processing instructions and white space that may stand before the first element. */
const prologue = /^(?:\s+|<\?xml[^>]{0,500}\?>|<\?xml-[^>]{0,500}\?>|<!--[\s\S]{0,4000}?-->)*/u;
const pageStart = /^<(?:!doctype\s+html|html|head|body)[\s>/]/iu;
const fragmentStart =
  /^<(?:h[1-6]|div|table|p|ul|ol|dl|article|section|main|title|style|script|meta|br|a|b|span)[\s>/]/iu;

const headCharacters = 16_384;

/**
 * Tells text formats apart: by content where content is certain, else by the name's extension, else by the marks of
 * lightweight markups and programs. The media type is one that nobody may read. Looks at the first 16 Ki characters and
 * at the last ones.
 */
export function sniffText(text: string, fileName: string | undefined): string {
  const named = namedMediaType(fileName);
  const head = text.slice(0, headCharacters);
  const start = head.slice(prologue.exec(head)?.[0].length ?? 0);
  if (pageStart.test(start)) return "text/html";
  if (head.startsWith("%!PS")) return "application/postscript";
  if (/^<svg[\s>]/iu.test(start)) return "image/svg+xml";
  const certain = sniffXml(text, head, start, named) ?? sniffJson(text, head, named) ?? sniffMail(head, named);
  if (certain !== undefined) return certain;
  if (named === "text/html") return /<[a-z!]/iu.test(head) ? named : "text/plain";
  const mayBeTable = named === undefined || named === "text/plain";
  if (mayBeTable && isDelimited(head, head.length === text.length)) return "text/csv";
  if (named?.startsWith("text/") === true) return named;
  const program = sniffProgram(head);
  if (program !== undefined) return program;
  if (extensionOf(fileName) !== "") return "text/plain";
  if (fragmentStart.test(start) && endsWith(text, ">")) return "text/html";
  return sniffMarkup(head) ?? "text/plain";
}

/** A declaration, a document type, or an element that ends where the text ends. */
function sniffXml(text: string, head: string, start: string, named: string | undefined): string | undefined {
  if (/^\s*<\?xml\s/u.test(head) || /^<!DOCTYPE\s/u.test(start)) return "application/xml";
  const root = /^<([\p{L}_][\w:.-]{0,100})[\s>]/u.exec(start)?.[1];
  if (root === undefined || (named !== "application/xml" && fragmentStart.test(start))) return undefined;
  return endsWith(text, `</${root}>`) ? "application/xml" : undefined;
}

const jsonStart =
  /^\s*(?:\{\s*(?:["}]|\/[/*])|\[\s*(?:["{[]|\/[/*]|\]\s*$|(?:-?\d[\d.eE+-]{0,30}|true|false|null)\s*(?:,|\]\s*$)))/u;

/** Brackets that fit at both ends, and what may stand after the first. */
function sniffJson(text: string, head: string, named: string | undefined): string | undefined {
  if (!jsonStart.test(head)) return undefined;
  if (named === "text/markdown" && head.trimStart().startsWith("[")) return undefined;
  const lines = head.split("\n").map((line) => line.trim());
  const whole = lines.slice(0, text.length > head.length ? -1 : undefined).filter((line) => line !== "");
  if (whole.length > 1 && whole.slice(0, 3).every(isJsonRecord)) return "application/jsonl";
  if (whole.length === 1 && named === "application/jsonl") return named;
  if (!endsWith(text, head.trimStart().startsWith("{") ? "}" : "]")) return undefined;
  const tail = text.slice(-4_096);
  const isNotebook = /"nbformat"\s*:/u.test(head + tail) && /"(?:cells|worksheets)"\s*:/u.test(head + tail);
  return isNotebook ? "application/x-ipynb+json" : "application/json";
}

function isJsonRecord(line: string): boolean {
  if (!/^[[{].*[\]}]$/u.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function endsWith(text: string, end: string): boolean {
  return text.slice(-4_096).trimEnd().endsWith(end);
}
