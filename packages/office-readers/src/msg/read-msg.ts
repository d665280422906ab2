import type { CompoundFile } from "@larder/compound-file";
import { openCompoundFile } from "@larder/compound-file";
import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { FormatReader, ReadContext } from "@larder/text-blocks";
import { toHeadingTitle } from "@larder/text-blocks";
import { DocumentText } from "../document-text.ts";
import { refuseDamage } from "../legacy-errors.ts";
import { MsgProperties } from "./msg-properties.ts";

const mediaType = "application/vnd.ms-outlook";
const messageHeaderBytes = 32;
const attachmentHeaderBytes = 8;
const sentTag = 0x00390040;

/**
 * A reader of Outlook's mails: the subject as a heading, the header lines, the plain body or else the page that `readHtml`
 * reads, then attachments where nesting is allowed. What cannot be read of them is told as a warning.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`
 */
export function createMsgReader(readHtml: FormatReader<string>): FormatReader<Uint8Array> {
  return async (bytes, context) => {
    const file = refuseDamage(mediaType, () => openCompoundFile(bytes));
    const message = refuseDamage(mediaType, () => new MsgProperties(file, file.root, messageHeaderBytes));
    const text = new DocumentText(context.limits);
    const subject = message.text("0037");
    text.add({ kind: "heading", level: 1, text: subject });
    text.add({ kind: "paragraph", text: headerLines(message) });
    await addBody(text, message, readHtml, context);
    for (const { name, content } of attachmentsOf(file)) await addAttachment(text, name, content, context);
    const title = toHeadingTitle(subject);
    return text.finish(mediaType, title === "" ? undefined : title);
  };
}

function headerLines(message: MsgProperties): string {
  const sender = [message.text("0c1a"), message.text("5d01") || message.text("0c1f")].filter((part) => part !== "");
  const lines = [
    ["From", [...new Set(sender)].join(", ")],
    ["To", message.text("0e04")],
    ["Cc", message.text("0e03")],
    ["Date", message.time(sentTag)?.toISOString() ?? ""],
  ];
  return lines
    .filter(([, value]) => value?.trim() !== "")
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

async function addBody(
  text: DocumentText,
  message: MsgProperties,
  readHtml: FormatReader<string>,
  context: ReadContext,
): Promise<void> {
  const plain = message.text("1000").replaceAll("\r\n", "\n");
  const html = message.text("1013") || (message.bytes("1013")?.toString("utf8") ?? "");
  if (plain.trim() !== "") {
    for (const paragraph of plain.split(/\n[\t ]*\n/u)) text.add({ kind: "paragraph", text: paragraph });
  } else if (html !== "") text.addDocument(await readHtml(html, context));
  else if (message.bytes("1009") !== undefined)
    text.warn("part_not_read", "a body that is only rich text was not read");
}

function attachmentsOf(file: CompoundFile): readonly { readonly name: string; readonly content: Buffer | undefined }[] {
  return [...file.root.values()].flatMap((entry) => {
    if (entry.kind !== "storage" || !entry.name.toLowerCase().startsWith("__attach_version1.0_")) return [];
    const attachment = new MsgProperties(file, entry.entries, attachmentHeaderBytes);
    return [{ name: attachment.text("3707") || attachment.text("3704"), content: attachment.bytes("3701") }];
  });
}

async function addAttachment(
  text: DocumentText,
  name: string,
  content: Buffer | undefined,
  context: ReadContext,
): Promise<void> {
  const shown = toHeadingTitle(name) || "attachment";
  const read = content === undefined ? undefined : await tryNested(content, name, context);
  if (read === undefined) return text.warn("attachment_skipped", `an attachment was not read: ${shown}`);
  text.add({ kind: "heading", level: 1, text: shown });
  text.addDocument(read);
}

/** An attachment that nobody can read is no reason to lose the mail; one that is too large for it is. */
async function tryNested(content: Buffer, name: string, context: ReadContext): Promise<ParsedDocument | undefined> {
  try {
    return await context.readNested?.(content, name === "" ? undefined : name);
  } catch (error) {
    if (LarderError.is(error) && error.code !== "DOCUMENT_TOO_LARGE") return undefined;
    throw error;
  }
}
