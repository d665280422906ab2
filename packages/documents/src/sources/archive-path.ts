import { LarderError } from "@larder/contracts";

/** Longer ones fit no file system; archives of such names are made to break something. */
const pathCharactersMax = 4_096;

/**
 * The path of an entry, relative, with `/` between its parts and without `.` as one.
 *
 * @throws {@link LarderError} `ARCHIVE_UNSAFE` for a path that leads out of the archive, is absolute, names a drive,
 * holds control characters or is too long
 */
export function archivePath(name: string): string {
  const path = name.replaceAll("\\", "/");
  const parts = path.split("/");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const isUnsafe = path.startsWith("/") || /^[a-z]:/iu.test(path) || /[\x00-\x1f\x7f]/u.test(path);
  if (isUnsafe || parts.includes("..") || path.length > pathCharactersMax) throw unsafeEntry("entry_name");
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}

export function unsafeEntry(problem: string, cause?: unknown): LarderError {
  return new LarderError("ARCHIVE_UNSAFE", { details: { problem }, cause });
}

const left = new Set(["__MACOSX", "Thumbs.db", "desktop.ini"]);

/** What systems put into folders for themselves: hidden files and folders, and what is in them. */
export function isHiddenPath(path: string): boolean {
  return path.split("/").some((part) => part.startsWith(".") || left.has(part));
}
