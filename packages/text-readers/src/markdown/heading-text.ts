import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";

/** Longer headings are kept with their marks: reading them would cost more than it tells. Chosen arbitrarily. */
const charactersMax = 1_000;

/** A heading's words without Markdown's marks, from its source (`## The *first* [link](x)`). */
export function headingText(source: string): string {
  const bare = source.replace(/^[ ]{0,3}#{1,6}(?=\s|$)/u, "").replace(/\n[ \t]*(?:=+|-+)[ \t]*$/u, "");
  const words = bare.replace(/[ \t]#+[ \t]*$/u, "").trim();
  if (words.length > charactersMax || !/[*_`[\]<&\\!]/u.test(words)) return words;
  return textOf(fromMarkdown(words)).trim();
}

function textOf(root: Nodes): string {
  const pieces: string[] = [];
  const waiting: Nodes[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === "text" || node.type === "inlineCode") pieces.push(node.value);
    else if (node.type === "image" || node.type === "imageReference") pieces.push(node.alt ?? "");
    else if (node.type === "break") pieces.push(" ");
    else if ("children" in node) waiting.push(...node.children.toReversed());
  }
  return pieces.join("");
}
