import { opendir, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { LarderError } from "@larder/contracts";

export interface FoundFile {
  /** Absolute path. */
  readonly path: string;
  /** As people know it: relative to the folder's parent, or the file's own name. */
  readonly name: string;
  readonly bytes: number;
}

// What a folder holds for machines rather than readers.
const skippedFolders = new Set(["node_modules", "dist", "build", "coverage", "vendor", "target", "__pycache__"]);

/** What programs write while they work, and throw away: of editors, of Office, of downloads. */
const passingName = /~$|^~\$|^#.*#$|\.(?:tmp|part|crdownload|swp)$/iu;

/** Hidden files and folders, those of build tools, and what is there for a moment only. `path` is below `root`. */
export function isLeftOut(path: string, root: string): boolean {
  const parts = relative(root, path).split(sep);
  const name = parts.at(-1) ?? "";
  return parts.some((part) => part.startsWith(".") || skippedFolders.has(part)) || passingName.test(name);
}

/** The file as people know it: with the name of the folder that it was found under. */
export function nameBelow(path: string, root: string): string {
  return path === root ? basename(path) : join(basename(root), relative(root, path));
}

/**
 * The files below the paths, in the order of their names; hidden files and folders and those of build tools are left
 * out. A path that is a file is taken as it is. A file that is reached twice is given once.
 * @throws {@link LarderError} `FILE_NOT_FOUND`, and `FILE_NONE_FOUND` where there is nothing at all
 */
export async function findFiles(
  paths: readonly string[],
  { mayBeNone = false }: { readonly mayBeNone?: boolean } = {},
): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const given of paths) {
    const path = resolve(given);
    const info = await stat(path).catch(() => {
      throw new LarderError("FILE_NOT_FOUND", { details: { path: given } });
    });
    if (info.isFile()) found.set(path, { path, name: basename(path), bytes: info.size });
    else for await (const file of walk(path, path)) found.set(file.path, file);
  }
  if (found.size === 0 && !mayBeNone) throw new LarderError("FILE_NONE_FOUND", { details: { path: paths.join(", ") } });
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function* walk(folder: string, root: string): AsyncIterable<FoundFile> {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (isLeftOut(path, root)) continue;
    if (entry.isDirectory()) yield* walk(path, root);
    else if (entry.isFile()) {
      const { size } = await stat(path);
      yield { path, name: nameBelow(path, root), bytes: size };
    }
  }
}
