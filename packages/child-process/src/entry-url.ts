/**
 * URL of a child's entry file that stands beside the calling module: TypeScript while running from source, JavaScript
 * once built. `new URL("./x.ts", …)` would not survive the build, which rewrites imports only.
 *
 * @example
 * entryUrl(import.meta.url, "./embedder-process"); // file:///…/embedder-process.ts
 */
export function entryUrl(moduleUrl: string, relativePathWithoutExtension: string): URL {
  const extension = isSource(moduleUrl) ? ".ts" : ".js";
  return new URL(relativePathWithoutExtension + extension, moduleUrl);
}

export function isSource(moduleUrl: string): boolean {
  return new URL(moduleUrl).pathname.endsWith(".ts");
}
