import { oneLine } from "./one-line.ts";

/** Longest heading that is kept in paths, in UTF-16 code units. Chosen arbitrarily. */
const headingCharactersMax = 200;

/** One line of at most {@link headingCharactersMax} characters. */
export function toHeadingTitle(text: string): string {
  const line = oneLine(text.slice(0, 4 * headingCharactersMax));
  if (line.length <= headingCharactersMax) return line;
  const cut = line.slice(0, headingCharactersMax - 1).replace(/[\uD800-\uDBFF]$/u, "");
  return `${cut.trimEnd()}…`;
}

/** The headings above the place that a parser has reached. A path is shared by all blocks under it. */
export class HeadingPath {
  #open: readonly { readonly level: number; readonly title: string }[] = [];
  #titles: readonly string[] = [];

  get titles(): readonly string[] {
    return this.#titles;
  }

  /** Closes headings of this level or deeper. */
  leave(level: number): void {
    this.#open = this.#open.filter((heading) => heading.level < level);
    this.#titles = this.#open.map((heading) => heading.title);
  }

  /** Closes headings of this level or deeper and opens this one, whose own path is returned. */
  enter(level: number, title: string): readonly string[] {
    this.#open = [...this.#open.filter((heading) => heading.level < level), { level, title: toHeadingTitle(title) }];
    this.#titles = this.#open.map((heading) => heading.title);
    return this.#titles;
  }
}
