import { open } from "node:fs/promises";
import { isTarHeader, tarBlockBytes } from "./tar-header.ts";

export type ArchiveKind = "zip" | "gzip" | "tar";

/** What a file may be an archive of, by its first block; `undefined`: it is none. */
export function kindOfBeginning(head: Buffer): ArchiveKind | undefined {
  const start = head.toString("hex", 0, 4);
  if (start === "504b0304" || start === "504b0506") return "zip";
  if (start.startsWith("1f8b08")) return "gzip";
  return isTarHeader(head) ? "tar" : undefined;
}

export async function readBeginning(file: string): Promise<Buffer> {
  await using handle = await open(file, "r");
  const head = Buffer.alloc(tarBlockBytes);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  return head.subarray(0, bytesRead);
}
