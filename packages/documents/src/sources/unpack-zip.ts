import { readFile } from "node:fs/promises";
import type { ZipArchive } from "@larder/bounded-zip";
import { openZip } from "@larder/bounded-zip";
import { LarderError } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { sniffZip } from "../sniff-zip.ts";
import { unsafeEntry } from "./archive-path.ts";
import { malformed } from "./read-tar.ts";
import type { StagedEntries } from "./staged-entries.ts";
import { tooLarge } from "./staged-entries.ts";

/**
 * Stages the files of a ZIP. `false` for a package of any program, known or not, and for what is too damaged to tell:
 * those are documents, and whoever reads them says what is wrong.
 */
export async function unpackZip(file: string, staged: StagedEntries, limits: ParseLimits): Promise<boolean> {
  const bytes = await readFile(file);
  const archive = await openPlainZip(bytes, limits);
  if (archive === undefined) return false;
  try {
    for (const entry of archive.entries) {
      const path = staged.list(entry.name);
      if (!entry.isFolder) await staged.stage(path, archive.stream(entry));
    }
  } catch (thrown) {
    throw toArchiveError(thrown);
  }
  return true;
}

async function openPlainZip(bytes: Uint8Array, limits: ParseLimits): Promise<ZipArchive | undefined> {
  try {
    if ((await sniffZip(bytes, limits)) !== "application/zip") return undefined;
    const archive = openZip(bytes, limits);
    return archive.entries.some(({ name }) => isOfPackage(name)) ? undefined : archive;
  } catch (thrown) {
    const error = toArchiveError(thrown);
    if (LarderError.is(error) && (error.code === "ARCHIVE_UNSAFE" || error.code === "ARCHIVE_TOO_LARGE")) throw error;
    return undefined;
  }
}

/** Parts that tell a package of a program from an archive of files: its pieces would be no documents. */
function isOfPackage(name: string): boolean {
  return /^(?:\[Content_Types\]\.xml|mimetype|META-INF\/MANIFEST\.MF|AndroidManifest\.xml|Index\/.*\.iwa)$/u.test(name);
}

const unsafeProblems = new Set<unknown>(["entry_name", "symbolic_link", "overlap"]);

/** The same failures, said of an archive instead of a document that is one inside. */
function toArchiveError(thrown: unknown): unknown {
  if (!LarderError.is(thrown)) return thrown;
  const { problem = "unknown", setting, compressionMethod, ...limit } = thrown.details;
  switch (thrown.code) {
    case "DOCUMENT_TOO_LARGE":
      return tooLarge(String(setting), limit as Record<string, number>, thrown);
    case "DOCUMENT_ENCRYPTED":
      return new LarderError("ARCHIVE_ENCRYPTED", { cause: thrown });
    case "DOCUMENT_UNSUPPORTED":
      return new LarderError("ARCHIVE_UNSUPPORTED", {
        ...(compressionMethod === undefined ? {} : { details: { compressionMethod } }),
        cause: thrown,
      });
    case "DOCUMENT_MALFORMED":
      return unsafeProblems.has(problem) ? unsafeEntry(String(problem), thrown) : malformed(String(problem), thrown);
    default:
      return thrown;
  }
}
