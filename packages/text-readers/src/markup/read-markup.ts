import type { ParsedDocument } from "@larder/contracts";
import type { FormatReader } from "@larder/text-blocks";
import { refuseLongText, toHeadingTitle } from "@larder/text-blocks";
import { asciidocRules } from "./asciidoc-rules.ts";
import type { MarkupRules } from "./markup-blocks.ts";
import { firstTitle, markupBlocks } from "./markup-blocks.ts";
import { orgRules } from "./org-rules.ts";
import { restructuredTextRules } from "./restructured-text-rules.ts";

/** reStructuredText as it stands, with its blocks. @throws {@link LarderError} `DOCUMENT_TOO_LARGE` */
export const readRestructuredText = readerOf("text/x-rst", restructuredTextRules);

/** Org mode as it stands, with its blocks. @throws {@link LarderError} `DOCUMENT_TOO_LARGE` */
export const readOrg = readerOf("text/org", orgRules, /^#\+title:[ \t]*(\S.*)$/imu);

/** AsciiDoc as it stands, with its blocks. @throws {@link LarderError} `DOCUMENT_TOO_LARGE` */
export const readAsciidoc = readerOf("text/asciidoc", asciidocRules);

function readerOf(mediaType: string, rules: () => MarkupRules, titleLine?: RegExp): FormatReader<string> {
  return (text, { limits }): ParsedDocument => {
    refuseLongText(text.length, limits.textCharactersMax);
    const blocks = markupBlocks(text, rules());
    const declared = titleLine?.exec(text.slice(0, 4_096))?.[1];
    const title = declared === undefined ? firstTitle(blocks) : toHeadingTitle(declared);
    return { text, mediaType, blocks, pages: [], warnings: [], ...(title === undefined ? {} : { title }) };
  };
}
