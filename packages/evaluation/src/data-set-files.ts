import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { LarderError } from "@larder/contracts";

/** Lines of a file of a set, blank ones left out. @throws {@link LarderError} `DATA_SET_INVALID` */
export async function readLines(
  folder: string,
  set: string,
  file: string,
  need: "required" | "optional" = "required",
): Promise<readonly string[]> {
  try {
    const bytes = await readFile(join(folder, set, file));
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    return text.split("\n").filter((line) => line.trim() !== "");
  } catch (cause) {
    if (need === "optional" && isAbsent(cause)) return [];
    throw invalidDataSet(set, file, "cannot be read", cause);
  }
}

/** Lines of JSON objects. @throws {@link LarderError} `DATA_SET_INVALID` */
export async function readRows(
  folder: string,
  set: string,
  file: string,
  need: "required" | "optional" = "required",
): Promise<readonly Record<string, unknown>[]> {
  return (await readLines(folder, set, file, need)).map((line) => {
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch (cause) {
      throw invalidDataSet(set, file, "a line is not JSON", cause);
    }
    if (typeof row !== "object" || row === null) throw invalidDataSet(set, file, "a line is not a JSON object");
    return row as Record<string, unknown>;
  });
}

export function invalidDataSet(set: string, file: string, problem: string, cause?: unknown): LarderError {
  return new LarderError("DATA_SET_INVALID", { details: { set, file, problem }, cause });
}

function isAbsent(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}
