import { createHash } from "node:crypto";

export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * By which documents of the same text are known as such, whatever file it came in: white space counts as one space,
 * composed and decomposed letters as the same.
 */
export function textSha256Of(text: string): string {
  return sha256Of(text.normalize("NFC").replace(/\s+/gu, " ").trim());
}
