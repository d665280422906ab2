export interface FrontMatter {
  /** Offset after the closing line. */
  readonly end: number;
  readonly title?: string;
}

/** Longest front matter that is looked for. Chosen arbitrarily. */
const charactersMax = 64 * 1024;

/** A block between two lines of `---` (YAML) or `+++` (TOML) that starts the text; only its `title` is read. */
export function readFrontMatter(text: string): FrontMatter | undefined {
  const fence = text.slice(0, 3);
  if ((fence !== "---" && fence !== "+++") || !/^[ \t]*\n/u.test(text.slice(3, 200))) return undefined;
  const head = text.slice(0, charactersMax);
  const closing = (fence === "---" ? /\n(?:---|\.\.\.)[ \t]*(?:\n|$)/u : /\n\+\+\+[ \t]*(?:\n|$)/u).exec(head.slice(3));
  if (closing === null) return undefined;
  const body = head.slice(3, 3 + closing.index);
  if (body.trim() !== "" && !/^[ \t]*["']?[\w-]+["']?[ \t]*[:=]/mu.test(body)) return undefined; // a rule, then plain text
  const end = 3 + closing.index + closing[0].length;
  const line = /^title[ \t]*[:=][ \t]*(\S[^\n]*)$/imu.exec(body)?.[1]?.trim() ?? "";
  const title = /^(["'])(.*)\1$/u.exec(line)?.[2] ?? line;
  return title === "" || /^[|>]/u.test(title) ? { end } : { end, title };
}
