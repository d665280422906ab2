import { createHash } from "node:crypto";
import type { VectorCollectionId } from "@larder/contracts";

/** Ids of our own form are their own folder names; anything else is hashed, so that no name reaches another folder. */
export function folderName(id: VectorCollectionId): string {
  return /^[a-z0-9_-]{1,90}$/.test(id) ? id : `sha256-${createHash("sha256").update(id).digest("hex")}`;
}
