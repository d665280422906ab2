import type { Handler } from "htmlparser2";
import { Parser } from "htmlparser2";

/** As deep as browsers build a tree; elements further down are read as if they ended at once. */
export const depthMax = 512;

/** Their content is no markup, so they cannot nest; they keep their end tag at any depth. */
const rawElements: ReadonlySet<string> = new Set([
  "iframe",
  "noembed",
  "noframes",
  "script",
  "style",
  "textarea",
  "title",
]);

/**
 * htmlparser2 with a bound on open elements, because each open and close costs as much as there are open ones: 200,000
 * nested elements took 44 s. Deeper elements are handed to the handler as opened and closed at once, and as many end
 * tags are passed over.
 */
export class DepthCappedParser extends Parser {
  #depth = 0;
  /** End tags still to come for elements that were closed at once. */
  #flattened = 0;
  #place: "shallow" | "deep" | "end-tag" = "shallow";

  constructor(handler: Partial<Handler>) {
    super({
      ...handler,
      onopentagname: (name) => {
        if (this.#place === "deep" && this.isVoidElement(name) && !super.isVoidElement(name)) this.#flattened += 1;
      },
      onopentag: (...tag) => {
        this.#depth += 1;
        handler.onopentag?.(...tag);
      },
      onclosetag: (...tag) => {
        this.#depth -= 1;
        handler.onclosetag?.(...tag);
      },
    });
  }

  override onopentagname(start: number, end: number): void {
    this.#place = this.#depth >= depthMax ? "deep" : "shallow";
    super.onopentagname(start, end);
  }

  override onclosetag(start: number, end: number): void {
    this.#place = "end-tag";
    super.onclosetag(start, end);
  }

  /** Asked for each start tag, and once for each end tag. */
  protected override isVoidElement(name: string): boolean {
    if (super.isVoidElement(name)) return true;
    if (rawElements.has(name)) return false;
    if (this.#place === "deep") return true;
    if (this.#place === "shallow" || this.#flattened === 0) return false;
    this.#flattened -= 1;
    return true;
  }
}
