import type { TextBlock } from "@larder/contracts";
import { HeadingPath, skipWhiteSpace, trimWhiteSpaceEnd } from "@larder/text-blocks";
import type { LanguageRules } from "./code-languages.ts";

/** Only so much of a line is looked at. Chosen arbitrarily. */
const lineCharactersMax = 300;

/** A line at the margin that still belongs to what stands above it. */
const continuation =
  /^\s*(?:[)}\]{;]|end\b|else\b|elif\b|except\b|finally\b|catch\b|rescue\b|ensure\b|when\b|\w+:\s*$)/u;

/**
 * One block for each function, method and class head, comments and decorators above it included; what stands outside of
 * them is in blocks between. Headings are the names of the symbols around, by indentation. Linear.
 */
export function sourceCodeBlocks(text: string, { symbols, attached }: LanguageRules): readonly TextBlock[] {
  const path = new HeadingPath();
  const blocks: TextBlock[] = [];
  let start = 0;
  let indent = -1;
  /** Where the comments begin that stand directly above the line. */
  let attachedAt: number | undefined;
  const cut = (at: number): void => {
    const from = skipWhiteSpace(text, start, at);
    const end = trimWhiteSpaceEnd(text, from, at);
    if (end > from) blocks.push({ kind: "code", start: from, end, headings: path.titles });
    start = at;
  };
  for (let at = 0; at < text.length; ) {
    const lineBreak = text.indexOf("\n", at);
    const lineEnd = lineBreak < 0 ? text.length : lineBreak;
    const line = text.slice(at, Math.min(lineEnd, at + lineCharactersMax));
    const bare = line.trimStart();
    const lineIndent = line.length - bare.length;
    const name = bare === "" ? undefined : nameOf(line, symbols);
    if (name !== undefined) {
      cut(attachedAt ?? at);
      path.enter(lineIndent + 1, name);
      indent = lineIndent;
    } else if (bare !== "" && lineIndent <= indent && !continuation.test(line) && !attached.test(line)) {
      cut(attachedAt ?? at);
      path.leave(lineIndent + 1);
      indent = path.titles.length === 0 ? -1 : lineIndent - 1;
    }
    if (bare !== "" && attached.test(line)) attachedAt ??= at;
    else attachedAt = undefined;
    at = lineEnd + 1;
  }
  cut(text.length);
  return blocks;
}

function nameOf(line: string, symbols: readonly RegExp[]): string | undefined {
  for (const symbol of symbols) {
    const name = symbol.exec(line)?.groups?.name;
    if (name !== undefined) return name.trim();
  }
  return undefined;
}
