import type { XmlHandler } from "@larder/bounded-xml";

const levelsMax = 10;

/** What is needed of the styles of a document, its automatic ones included. */
export class OdfStyles {
  readonly #hidden = new Set<string>();
  readonly #titles = new Set<string>(["Title"]);
  /** Numbered levels of list styles, as `style/level`. */
  readonly #numbered = new Set<string>();

  isHidden(style: string | undefined): boolean {
    return style !== undefined && this.#hidden.has(style);
  }

  isTitle(style: string | undefined): boolean {
    return style !== undefined && this.#titles.has(style);
  }

  isNumbered(listStyle: string | undefined, level: number): boolean {
    return listStyle !== undefined && this.#numbered.has(`${listStyle}/${Math.min(level, levelsMax)}`);
  }

  reader(): XmlHandler {
    let style = "";
    let listStyle = "";
    return {
      open: (name, attributes) => {
        if (name === "style:style") {
          style = attributes["style:name"] ?? "";
          if (attributes["style:parent-style-name"] === "Title") this.#titles.add(style);
        } else if (name === "style:text-properties" && attributes["text:display"] === "none") this.#hidden.add(style);
        else if (name === "text:list-style") listStyle = attributes["style:name"] ?? "";
        else if (name === "text:list-level-style-number") {
          this.#numbered.add(`${listStyle}/${attributes["text:level"] ?? "1"}`);
        }
      },
    };
  }
}
