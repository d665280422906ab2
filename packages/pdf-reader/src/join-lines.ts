const brokenWord = /(\p{L}+)[-\u2010\u00AD]$/u;
const wordStart = /^\p{Ll}[\p{L}\p{M}]*/u;

/**
 * Lines of one paragraph to its text. A word that was broken at a line's end becomes whole, with its hyphen where the
 * document writes it so elsewhere; other lines keep their break.
 */
export function joinLines(lines: readonly string[], vocabulary: ReadonlySet<string>): string {
  let text = "";
  for (const line of lines) {
    const head = brokenWord.exec(text.slice(-80))?.[1];
    const tail = wordStart.exec(line)?.[0];
    if (text === "") text = line;
    else if (head === undefined || tail === undefined) text += `\n${line}`;
    else if (keepsHyphen(head, tail, vocabulary)) text += line;
    else text = text.slice(0, -1) + line;
  }
  return text;
}

function keepsHyphen(head: string, tail: string, vocabulary: ReadonlySet<string>): boolean {
  const [first, second] = [head.toLowerCase(), tail.toLowerCase()];
  return vocabulary.has(`${first}-${second}`) && !vocabulary.has(first + second);
}

/** Words of a document in lower case, compounds with hyphens included. */
export function vocabularyOf(lines: Iterable<string>): ReadonlySet<string> {
  const words = new Set<string>();
  for (const line of lines) {
    for (const [word] of line.matchAll(/\p{L}[\p{L}\p{M}]*(?:-\p{L}[\p{L}\p{M}]*)*/gu)) words.add(word.toLowerCase());
  }
  return words;
}
