import type { XmlAttributes, XmlHandler } from "@larder/bounded-xml";

/** What a style says of its paragraphs, of its own or from the style that it is based on. */
export interface DocxStyle {
  readonly name: string;
  readonly basedOn: string | undefined;
  /** 0 … 8; 9 is body text. */
  readonly outlineLevel: number | undefined;
  readonly listId: string | undefined;
  readonly listLevel: number | undefined;
}

/** Longer chains of styles than programs make go in a circle. */
const basedOnMax = 20;

export class DocxStyles {
  readonly #styles = new Map<string, DocxStyle>();

  /** Of `word/styles.xml`. */
  reader(): XmlHandler {
    let id: string | undefined;
    let style: { -readonly [key in keyof DocxStyle]: DocxStyle[key] } = emptyStyle();
    return {
      open: (name, attributes) => {
        const value = attributes["w:val"];
        if (name === "w:style") {
          id = attributes["w:styleId"];
          style = emptyStyle();
        } else if (name === "w:name") style.name = (value ?? "").toLowerCase();
        else if (name === "w:basedOn") style.basedOn = value;
        else if (name === "w:outlineLvl") style.outlineLevel = toNumber(attributes);
        else if (name === "w:numId") style.listId = value;
        else if (name === "w:ilvl") style.listLevel = toNumber(attributes);
      },
      close: (name) => {
        if (name === "w:style" && id !== undefined) this.#styles.set(id, style);
      },
    };
  }

  /** The style's own values, filled up from those below it. */
  resolve(id: string | undefined): DocxStyle {
    const found = { ...emptyStyle() };
    let at = id;
    for (let depth = 0; at !== undefined && depth < basedOnMax; depth += 1) {
      const style = this.#styles.get(at);
      if (style === undefined) break;
      if (depth === 0) found.name = style.name;
      found.outlineLevel ??= style.outlineLevel ?? levelByName(style.name);
      found.listId ??= style.listId;
      found.listLevel ??= style.listLevel;
      at = style.basedOn;
    }
    return found;
  }
}

export function toNumber(attributes: XmlAttributes): number | undefined {
  const value = Number.parseInt(attributes["w:val"] ?? "", 10);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Built-in names stay English in every language of Word. */
function levelByName(name: string): number | undefined {
  const level = /^heading ([1-9])$/u.exec(name)?.[1];
  return level === undefined ? undefined : Number(level) - 1;
}

function emptyStyle(): { -readonly [key in keyof DocxStyle]: DocxStyle[key] } {
  return { name: "", basedOn: undefined, outlineLevel: undefined, listId: undefined, listLevel: undefined };
}
