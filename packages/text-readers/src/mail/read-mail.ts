import type { ParsedDocument, ParseWarning } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { BlockWriter } from "@larder/text-blocks";
import { splitMailbox } from "./split-mailbox.ts";
import { writeMessage } from "./write-message.ts";

/**
 * One message (RFC 5322, MIME): its subject as the title and first heading, who wrote to whom and when, the text, and
 * each attachment that can be read under a heading of its own. An attachment that cannot is the warning
 * `attachment_skipped`.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`
 */
export async function readMail(bytes: Uint8Array, context: ReadContext): Promise<ParsedDocument> {
  const writer = new BlockWriter(context.limits.textCharactersMax);
  const { subject, warnings } = await writeMessage(writer, bytes, context);
  const document = { text: writer.toString(), mediaType: "message/rfc822", blocks: writer.blocks, pages: [], warnings };
  return subject === undefined ? document : { ...document, title: subject };
}

/**
 * The messages of a mailbox file (RFC 4155), in order, each as {@link readMail} reads it. A message that cannot be read
 * is the warning `message_skipped`.
 *
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
 */
export async function readMailbox(bytes: Uint8Array, context: ReadContext): Promise<ParsedDocument> {
  const writer = new BlockWriter(context.limits.textCharactersMax);
  const warnings: ParseWarning[] = [];
  let skipped = 0;
  for (const message of splitMailbox(bytes)) {
    try {
      const written = await writeMessage(writer, message, context);
      if (warnings.length < warningsMax) warnings.push(...written.warnings);
    } catch (thrown) {
      if (!LarderError.is(thrown) || thrown.code !== "DOCUMENT_MALFORMED") throw thrown;
      skipped += 1;
    }
  }
  if (skipped > 0) {
    warnings.push({ code: "message_skipped", message: `${skipped} messages of the mailbox could not be read` });
  }
  return { text: writer.toString(), mediaType: "application/mbox", blocks: writer.blocks, pages: [], warnings };
}

/** Nobody reads more of them. Chosen arbitrarily. */
const warningsMax = 100;
