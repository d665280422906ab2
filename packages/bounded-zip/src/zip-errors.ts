import { LarderError } from "@larder/contracts";
import type { ZipLimits } from "./zip-limits.ts";

/** `problem` says in one word what is wrong, for logs and tests: `central_directory`, `entry_name`, `overlap`, … */
export function malformedZip(problem: string, cause?: unknown): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { container: "zip", problem }, cause });
}

export function tooManyEntries({ archiveEntriesMax }: ZipLimits): LarderError {
  return new LarderError("DOCUMENT_TOO_LARGE", {
    details: { setting: "LARDER_PARSE_ARCHIVE_ENTRIES_MAX", archiveEntriesMax },
  });
}

export function tooManyInflatedBytes({ inflatedBytesMax }: ZipLimits): LarderError {
  return new LarderError("DOCUMENT_TOO_LARGE", {
    details: { setting: "LARDER_PARSE_INFLATED_BYTES_MAX", inflatedBytesMax },
  });
}

export function tooHighRatio({ inflatedRatioMax }: ZipLimits): LarderError {
  return new LarderError("DOCUMENT_TOO_LARGE", {
    details: { setting: "LARDER_PARSE_INFLATED_RATIO_MAX", inflatedRatioMax },
  });
}
