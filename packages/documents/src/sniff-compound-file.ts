import { openCompoundFile } from "@larder/compound-file";
import { LarderError } from "@larder/contracts";

const mediaTypes: readonly (readonly [stream: string, mediaType: string])[] = [
  ["worddocument", "application/msword"],
  ["workbook", "application/vnd.ms-excel"],
  ["book", "application/vnd.ms-excel"],
  ["powerpoint document", "application/vnd.ms-powerpoint"],
  ["__properties_version1.0", "application/vnd.ms-outlook"],
  ["visiodocument", "application/vnd.visio"],
  ["fileheader", "application/x-hwp"],
];

/**
 * What an old Office file is by the streams in its root; what it embeds does not count.
 *
 * @throws {@link LarderError} `DOCUMENT_ENCRYPTED` for a newer document inside a password, `DOCUMENT_MALFORMED`
 */
export function sniffCompoundFile(bytes: Uint8Array): string {
  const { root } = openCompoundFile(bytes);
  if (root.has("encryptedpackage")) {
    throw new LarderError("DOCUMENT_ENCRYPTED", { details: { container: "compound-file" } });
  }
  return mediaTypes.find(([stream]) => root.has(stream))?.[1] ?? "application/x-ole-storage";
}
