const fieldBegin = "\u0013";
const fieldResult = "\u0014";
const fieldEnd = "\u0015";

/** Fields open at the same time beyond this are damage. */
const fieldsMax = 64;

/** Takes field codes and Word's own marks out of text; results of fields stay. Must be given all text in order. */
export class DocTextFilter {
  /** Of the fields around: whether their code is still being read. */
  readonly #fields: boolean[] = [];

  toPlain(raw: string): string {
    return raw.replace(marks, (piece) => {
      if (piece === fieldBegin && this.#fields.length < fieldsMax) this.#fields.push(true);
      else if (piece === fieldResult && this.#fields.length > 0) this.#fields[this.#fields.length - 1] = false;
      else if (piece === fieldEnd) this.#fields.pop();
      else if (!this.#fields.includes(true))
        return shownMarks.get(piece) ?? (piece < " " && piece[0] !== "\t" ? "" : piece);
      return "";
    });
  }
}

/** A control character by itself, or the text up to the next one; tabs are text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Word marks fields, cells and notes with these
const marks = /[\x00-\x08\x0a-\x1f]|[^\x00-\x08\x0a-\x1f]+/gu;

/** Line, page and column breaks, and the hyphen that keeps words together. */
const shownMarks: ReadonlyMap<string, string> = new Map([
  ["\u000b", "\n"],
  ["\u000c", "\n"],
  ["\u000e", "\n"],
  ["\u001e", "\u2011"],
]);
