/** Name of the pin file in a model's folder: what `sha256sum` prints for its files, with paths relative to the folder. */
export const pinFile = "SHA256SUMS";

/** sha256 (hex) by path inside the model's folder. */
export type FileHashes = Readonly<Record<string, string>>;

/** Reads the lines of `sha256sum`: 64 hex digits, a space, a space or `*`, a path. Paths must stay inside the folder. */
export function parsePins(text: string): FileHashes | undefined {
  const pins: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, hash, path] = /^([0-9a-fA-F]{64}) [ *](.+)$/.exec(line) ?? [];
    if (hash === undefined || path === undefined) return undefined;
    const file = path.replace(/^\.\//, "");
    if (file.startsWith("/") || file.includes("\\") || file.split("/").includes("..")) return undefined;
    pins[file] = hash.toLowerCase();
  }
  return pins;
}

/** What `sha256sum` would print, by path; `sha256sum --check` reads it as well. */
export function renderPins(pins: FileHashes): string {
  const lines = sortedByFile(pins).map(([file, hash]) => `${hash}  ${file}\n`);
  return lines.join("");
}

/** In one order on every machine, so that what is made of it is the same. */
export function sortedByFile(pins: FileHashes): readonly (readonly [file: string, hash: string])[] {
  return Object.entries(pins).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
