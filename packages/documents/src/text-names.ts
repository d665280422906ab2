import { extname } from "node:path";

/** Extensions that tell text formats apart where content does not. */
const mediaTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "text/plain": ".txt .text .log",
    "text/markdown": ".md .markdown .mdown .mkd .mdx",
    "text/html": ".html .htm .xhtml",
    "text/csv": ".csv .tsv .tab .psv",
    "text/x-rst": ".rst .rest",
    "text/org": ".org",
    "text/asciidoc": ".adoc .asciidoc .asc",
    "application/json": ".json .jsonc .geojson",
    "application/jsonl": ".jsonl .ndjson",
    "application/x-ipynb+json": ".ipynb",
    "application/xml": ".xml .rss .atom .nxml",
    "message/rfc822": ".eml",
    "application/mbox": ".mbox",
    "text/x-typescript": ".ts .tsx .mts .cts",
    "text/javascript": ".js .jsx .mjs .cjs",
    "text/x-python": ".py .pyi",
    "text/x-java": ".java",
    "text/x-csharp": ".cs",
    "text/x-go": ".go",
    "text/x-rust": ".rs",
    "text/x-c": ".c .h",
    "text/x-c++": ".cc .cpp .cxx .hh .hpp .hxx",
    "text/x-ruby": ".rb",
    "text/x-php": ".php",
  }).flatMap(([mediaType, extensions]) => extensions.split(" ").map((extension) => [extension, mediaType] as const)),
);

/** Programs whose symbols are found. */
export const programMediaTypes: readonly string[] = [
  ...new Set([...mediaTypes.values()].filter((type) => type.startsWith("text/x-") || type === "text/javascript")),
].filter((type) => type !== "text/x-rst");

/** What the name says; nothing for a name without a known extension. */
export function namedMediaType(fileName: string | undefined): string | undefined {
  return mediaTypes.get(extensionOf(fileName));
}

export function extensionOf(fileName: string | undefined): string {
  return fileName === undefined ? "" : extname(fileName).toLowerCase();
}

export function isNamedText(fileName: string | undefined): boolean {
  return namedMediaType(fileName) !== undefined;
}
