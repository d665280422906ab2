import type { ParsedDocument } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { DocumentText } from "../document-text.ts";
import { OpcPackage } from "../opc/opc-package.ts";
import { DocxBody } from "./docx-body.ts";
import { DocxNotes } from "./docx-notes.ts";
import { DocxNumbering } from "./docx-numbering.ts";
import { DocxStyles } from "./docx-styles.ts";

const mediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/**
 * A Word document in its order: headings with the numbers that Word prints, lists, tables with merged cells repeated,
 * text boxes, footnotes (`[^1]: …`) and comments (as quotes) after the paragraph that they hang on. What was deleted
 * under tracked changes is left out, hidden text too, with a warning. Headers and footers are not read; macros, images
 * and whatever is outside of the file are never looked at.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_TOO_LARGE`
 */
export async function readDocx(bytes: Uint8Array, { limits }: ReadContext): Promise<ParsedDocument> {
  const opc = new OpcPackage(bytes, limits);
  const main = await opc.mainPart("word/document.xml");
  const styles = new DocxStyles();
  const numbering = new DocxNumbering();
  const notes = (): DocxNotes => new DocxNotes(limits.textCharactersMax);
  const parts = { styles, numbering, footnotes: notes(), endnotes: notes(), comments: notes() };
  for (const { type, part } of (await opc.relationships(main)).values()) {
    if (part === undefined || !isReadType(type)) continue;
    await opc.readPart(part, parts[type].reader());
  }
  const text = new DocumentText(limits);
  await opc.readPart(main, new DocxBody(text, parts, limits.textCharactersMax));
  return text.finish(mediaType, await opc.title());
}

const readTypes = ["styles", "numbering", "footnotes", "endnotes", "comments"] as const;

function isReadType(type: string): type is (typeof readTypes)[number] {
  return (readTypes as readonly string[]).includes(type);
}
