import type { XmlHandler } from "@larder/bounded-xml";
import { refuseLongText } from "@larder/text-blocks";

export interface DocxNote {
  readonly text: string;
  /** Of a comment. */
  readonly author: string;
}

const noteElements: ReadonlySet<string> = new Set(["w:footnote", "w:endnote", "w:comment"]);
const droppedElements: ReadonlySet<string> = new Set(["w:del", "w:moveFrom", "mc:Fallback"]);

/** The notes of one part by id: footnotes, endnotes or comments. Lines that only draw a separator are none. */
export class DocxNotes {
  readonly #notes = new Map<string, DocxNote>();
  readonly #charactersMax: number;
  #characters = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  find(id: string | undefined): DocxNote | undefined {
    return id === undefined ? undefined : this.#notes.get(id);
  }

  reader(): XmlHandler {
    let open: { readonly id: string; readonly author: string; readonly pieces: string[] } | undefined;
    let isText = false;
    let dropped = 0;
    return {
      open: (name, attributes) => {
        if (noteElements.has(name)) {
          const isSeparator = (attributes["w:type"] ?? "normal") !== "normal";
          const id = attributes["w:id"];
          open = isSeparator || id === undefined ? undefined : { id, author: attributes["w:author"] ?? "", pieces: [] };
        }
        if (droppedElements.has(name)) dropped += 1;
        isText = name === "w:t" && dropped === 0;
        if (name === "w:tab" || name === "w:br") open?.pieces.push(" ");
      },
      text: (text) => {
        if (!isText || open === undefined) return;
        this.#characters += text.length;
        refuseLongText(this.#characters, this.#charactersMax);
        open.pieces.push(text);
      },
      close: (name) => {
        isText = false;
        if (name === "w:p") open?.pieces.push("\n");
        if (droppedElements.has(name)) dropped -= 1;
        if (!noteElements.has(name) || open === undefined) return;
        const text = open.pieces.join("").trim();
        if (text !== "") this.#notes.set(open.id, { text, author: open.author.trim() });
        open = undefined;
      },
    };
  }
}
