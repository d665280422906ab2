import type { ParseWarning } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { BlockWriter, ReadContext } from "@larder/text-blocks";
import { oneLine, toHeadingTitle } from "@larder/text-blocks";
import type { Address, Attachment, Email } from "postal-mime";
import { readHtml } from "../html/read-html.ts";
import { readPlainText } from "../read-plain-text.ts";
import { writeNested } from "../write-nested.ts";
import { refuseManyParts } from "./refuse-many-parts.ts";

/** More attachments are left out. Chosen arbitrarily. */
const attachmentsMax = 1_000;
/** More attachments that cannot be read are only counted. Chosen arbitrarily. */
const namedWarningsMax = 20;

export interface WrittenMessage {
  readonly subject?: string;
  readonly warnings: readonly ParseWarning[];
}

/** @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE` */
export async function writeMessage(
  writer: BlockWriter,
  bytes: Uint8Array,
  context: ReadContext,
): Promise<WrittenMessage> {
  refuseManyParts(bytes, context.limits.mailPartsMax);
  const mail = await parse(bytes);
  const subject = toHeadingTitle(mail.subject ?? "");
  const headings = [subject === "" ? "(no subject)" : subject];
  if (subject !== "") writer.write("heading", subject, headings, "\n\n");
  writer.write("paragraph", envelope(mail).join("\n"), headings, "\n\n");
  const warnings = writeBody(writer, mail, headings, context);
  const skipped = await writeAttachments(writer, mail.attachments, headings, context);
  return { ...(subject === "" ? {} : { subject }), warnings: [...warnings, ...skipped] };
}

/** The library is loaded with the first mail: most documents are none, and their reader should start at once. */
async function parse(bytes: Uint8Array): Promise<Email> {
  const { default: PostalMime } = await import("postal-mime");
  try {
    return await PostalMime.parse(bytes, { forceRfc822Attachments: true });
  } catch (cause) {
    throw new LarderError("DOCUMENT_MALFORMED", { details: { mediaType: "message/rfc822" }, cause });
  }
}

function envelope({ from, to, cc, date }: Email): readonly string[] {
  const lines = [
    ["From", from === undefined ? "" : show(from)],
    ["To", (to ?? []).map(show).join(", ")],
    ["Cc", (cc ?? []).map(show).join(", ")],
    ["Date", date ?? ""],
  ] as const;
  return lines.filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${oneLine(value)}`);
}

function show(address: Address): string {
  if (address.group !== undefined) return `${address.name}: ${address.group.map(show).join(", ")}`;
  return address.name === "" || address.name === address.address
    ? address.address
    : `${address.name} <${address.address}>`;
}

/** A plain text much shorter than its HTML says only that there is HTML. Chosen arbitrarily. */
const plainShareMin = 0.25;

/** The message in the form that says more; plain text where both say the same. */
function writeBody(
  writer: BlockWriter,
  mail: Email,
  headings: readonly string[],
  context: ReadContext,
): readonly ParseWarning[] {
  const plain = readPlainText(clean(mail.text ?? ""), context);
  const html = mail.html === undefined ? undefined : readHtml(clean(mail.html), context);
  const isPlain = html === undefined || plain.text.trim().length > plainShareMin * html.text.length;
  const body = isPlain ? plain : html;
  writeNested(writer, body, headings);
  return html?.warnings.filter(({ code }) => !isPlain || code === "hidden_text") ?? [];
}

/** Line ends of a block's source; the writer does the rest. */
function clean(text: string): string {
  return text.replace(/\r\n?/gu, "\n");
}

async function writeAttachments(
  writer: BlockWriter,
  attachments: readonly Attachment[],
  headings: readonly string[],
  { readNested }: ReadContext,
): Promise<readonly ParseWarning[]> {
  const warnings: ParseWarning[] = [];
  let skipped = 0;
  const skip = (name: string, reason: string): void => {
    skipped += 1;
    const message = `attachment "${name}" was not read: ${reason}`;
    if (skipped <= namedWarningsMax) warnings.push({ code: "attachment_skipped", message });
  };
  for (const [index, attachment] of attachments.entries()) {
    const name = nameOf(attachment, index);
    if (isPartOfPage(attachment)) continue;
    if (readNested === undefined) skip(name, "it is nested deeper than LARDER_PARSE_NESTING_MAX");
    else if (index >= attachmentsMax) skip(name, `only the first ${attachmentsMax} are`);
    else {
      try {
        const parsed = await readNested(contentOf(attachment), name);
        const path = [...headings, `Attachment: ${name}`];
        writer.write("heading", `Attachment: ${name}`, path, "\n\n");
        writeNested(writer, parsed, path);
        warnings.push(...parsed.warnings.slice(0, namedWarningsMax));
      } catch (thrown) {
        if (!LarderError.is(thrown) || !thrown.code.startsWith("DOCUMENT_")) throw thrown;
        skip(name, thrown.code);
      }
    }
  }
  if (skipped > namedWarningsMax) {
    const message = `${skipped - namedWarningsMax} more attachments were not read`;
    warnings.push({ code: "attachment_skipped", message });
  }
  return warnings;
}

/** Logos and pictures that the HTML shows. */
function isPartOfPage({ related, mimeType }: Attachment): boolean {
  return related === true && mimeType.startsWith("image/");
}

function contentOf({ content }: Attachment): Uint8Array {
  if (typeof content === "string") return Buffer.from(content);
  return content instanceof Uint8Array ? content : new Uint8Array(content);
}

/** Extensions by which an attachment without a name is told from other texts. */
const extensions: ReadonlyMap<string, string> = new Map([
  ["text/html", ".html"],
  ["text/markdown", ".md"],
  ["text/csv", ".csv"],
  ["message/rfc822", ".eml"],
]);

function nameOf({ filename, mimeType }: Attachment, index: number): string {
  const name = toHeadingTitle((filename ?? "").replace(/[\p{Cc}\p{Cf}"]/gu, ""));
  return name === "" ? `part ${index + 1}${extensions.get(mimeType) ?? ""}` : name;
}
