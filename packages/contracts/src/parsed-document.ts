import type { Call } from "./call.ts";
import type { PassageSentence } from "./passage-sentences.ts";
import type { TaskPriority } from "./task-priority.ts";

export type BlockKind = "heading" | "paragraph" | "list_item" | "table" | "code" | "quote";

/** A stretch of the extracted text that belongs together. Offsets are UTF-16 code units into `ParsedDocument.text`. */
export interface TextBlock {
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  /** Headings above this block, outermost first; a heading's own text is the last of its own path. */
  readonly headings: readonly string[];
  /** Names of a table's columns. A passage cut from the table below its header gets them at the end of its headings. */
  readonly columns?: readonly string[];
}

export interface PageSpan {
  /** From 1. */
  readonly page: number;
  readonly start: number;
  readonly end: number;
}

/** Something that a reader of the document should know: a page without text, a replaced character. */
export interface ParseWarning {
  readonly code: string;
  readonly message: string;
}

/** What a parser made of a document's bytes. */
export interface ParsedDocument {
  /** The text that is stored and that every offset points into. Well-formed UTF-16, `\n` line ends, no NUL. */
  readonly text: string;
  /** Found from the bytes, not believed from the name. */
  readonly mediaType: string;
  /** Title found inside the document. */
  readonly title?: string;
  /** In order, not overlapping; together they hold every non-space character of `text`. */
  readonly blocks: readonly TextBlock[];
  /** In order; empty for media without pages. */
  readonly pages: readonly PageSpan[];
  readonly warnings: readonly ParseWarning[];
}

export interface ParseRequest {
  /** Local file that holds the bytes. */
  readonly file: string;
  /** Name given by the sender: a hint for text formats that bytes cannot tell apart, never a path to open. */
  readonly fileName?: string;
  /** What is of a lower one keeps nothing waiting. @defaultValue "normal" */
  readonly priority?: TaskPriority;
}

/** Bytes to text with positions, in a process of its own under limits of time and memory. */
export interface DocumentParser extends AsyncDisposable {
  /** Parser and its version: another id may give another text for the same bytes. */
  readonly id: string;
  /**
   * @throws {@link LarderError} `DOCUMENT_UNSUPPORTED`, `DOCUMENT_MALFORMED`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_NO_TEXT`,
   * `DOCUMENT_EMPTY`, `PARSER_TIMED_OUT`, `PARSER_OUT_OF_MEMORY`, `PARSER_CRASHED`
   */
  parse(request: ParseRequest, call: Call): Promise<ParsedDocument>;
}

/** One passage as cut from a parsed document, before it has an id. `text` is `document.text.slice(start, end)`. */
export interface PassageDraft {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** What stands between the previous passage's end and this one's start: white space, or `""`. */
  readonly lead: string;
  readonly headings: readonly string[];
  /** Page of `start`, from 1; absent for media without pages. */
  readonly page?: number;
  /** By the splitter's token counter. */
  readonly tokens: number;
  /** What a {@link SentenceReader} read of the text; absent where nobody did. */
  readonly sentences?: readonly PassageSentence[];
}

/** Parsed text to passages. Pure. */
export interface PassageSplitter {
  /** Splitter, its version and settings: another id may cut the same text elsewhere. */
  readonly id: string;
  /**
   * Passages in order, each with at least one non-space character, that together cover every non-space character of
   * the text exactly once. A text without any gives `[]`. Linear in the length of the text.
   * @param title - What the passages are embedded below, besides their headings. @defaultValue the document's own, else none
   */
  split(document: ParsedDocument, title?: string): readonly PassageDraft[];
}
