import type { XmlHandler } from "@larder/bounded-xml";
import { refuseLongText } from "@larder/text-blocks";
import type { FoundBlock } from "../document-text.ts";

/** The texts of a diagram's shapes in the order of its data, one list item each. */
export class DiagramText implements XmlHandler {
  readonly blocks: FoundBlock[] = [];
  readonly #charactersMax: number;
  #isText = false;
  #pieces: string[] = [];
  #characters = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  open(name: string): void {
    this.#isText = name === "a:t";
  }

  text(text: string): void {
    if (!this.#isText) return;
    this.#characters += text.length;
    refuseLongText(this.#characters, this.#charactersMax);
    this.#pieces.push(text);
  }

  close(name: string): void {
    this.#isText = false;
    if (name !== "a:p") return;
    const text = this.#pieces.join("").trim();
    this.#pieces = [];
    if (text !== "") this.blocks.push({ kind: "list_item", text: `- ${text}` });
  }
}
