import { extname } from "node:path";
import { isDelimited } from "./is-delimited.ts";

const markdownNames = new Set([".md", ".markdown", ".mdown", ".mkd", ".mdx"]);
const htmlNames = new Set([".html", ".htm", ".xhtml"]);
const tableNames = new Set([".csv", ".tsv", ".tab", ".psv"]);
const plainNames = new Set([".txt", ".text", ".log"]);

export function isNamedText(fileName: string | undefined): boolean {
  const extension = extensionOf(fileName);
  return (
    markdownNames.has(extension) || htmlNames.has(extension) || plainNames.has(extension) || tableNames.has(extension)
  );
}

function extensionOf(fileName: string | undefined): string {
  return fileName === undefined ? "" : extname(fileName).toLowerCase();
}

/** Comments, processing instructions and white space that may stand before the first element. */
const prologue = /^(?:\s+|<\?xml[^>]{0,500}\?>|<!--[\s\S]{0,4000}?-->)*/u;
const pageStart = /^<(?:!doctype\s+html|html|head|body)[\s>/]/iu;
const fragmentStart =
  /^<(?:h[1-6]|div|table|p|ul|ol|dl|article|section|main|title|style|script|meta|br|a|b|span)[\s>/]/iu;
const mailHeader =
  /^(?:From|To|Date|Subject|Received|Return-Path|Message-ID|MIME-Version|Content-Type|Delivered-To|X-[\w-]+): /iu;

/**
 * Tells text formats apart: by content where content is certain, else by the name's extension, else by Markdown's marks.
 * The media type is one that nobody may read. Looks at the first 16 Ki characters and at the last one.
 */
export function sniffText(text: string, fileName: string | undefined): string {
  const extension = extensionOf(fileName);
  const head = text.slice(0, 16_384);
  const start = head.slice(prologue.exec(head)?.[0].length ?? 0);
  if (pageStart.test(start)) return "text/html";
  if (markdownNames.has(extension)) return "text/markdown";
  if (htmlNames.has(extension) && /<[a-z!]/iu.test(head)) return "text/html";
  if (head.startsWith("%!PS")) return "application/postscript";
  if (tableNames.has(extension)) return "text/csv";
  if (isDelimited(head, head.length === text.length)) return "text/csv";
  if (plainNames.has(extension)) return "text/plain";
  if (/^\s*<svg[\s>]/iu.test(start)) return "image/svg+xml";
  if (/^\s*<\?xml\s/iu.test(head)) return "application/xml";
  if (isMail(head)) return "message/rfc822";
  if (extension !== "") return "text/plain";
  if (fragmentStart.test(start) && text.trimEnd().endsWith(">")) return "text/html";
  return hasMarkdownMarks(head) ? "text/markdown" : "text/plain";
}

/** Four header lines in front, one of them about the message's own form. */
function isMail(head: string): boolean {
  const lines = head.split("\n", 40);
  const end = lines.findIndex((line) => line.trim() === "");
  const headers = lines.slice(0, end < 0 ? lines.length : end).filter((line) => mailHeader.test(line));
  return headers.length >= 4 && headers.some((line) => /^(?:MIME-Version|Message-ID|Received):/iu.test(line));
}

/** Two different marks of Markdown, or one heading among several lines with a blank line after it. */
function hasMarkdownMarks(head: string): boolean {
  const marks = [
    /^#{1,6} \S[^\n]*\n\s*\n/mu,
    /^#{2,6} \S/mu,
    /^(?:```|~~~)/mu,
    /\[[^\]\n]{1,200}\]\([^)\s]{1,500}\)/u,
    /^\|? ?:?-{3,}:? ?\|/mu,
    /^[-*] \S[^\n]*\n[-*] \S/mu,
    /\*\*\S[^*\n]{0,200}\*\*/u,
  ];
  return marks.filter((mark) => mark.test(head)).length >= 2;
}
