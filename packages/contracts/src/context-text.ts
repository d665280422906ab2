/**
 * What an embedder or reranker reads of a passage: its words under the title and headings that it is read below. A line
 * that the passage says itself is not said twice. Evidence and citations always show the passage's own text alone.
 */
export function contextText(title: string, headings: readonly string[], text: string): string {
  const lines = [title, ...headings].filter((line, index, all) => {
    return line.trim() !== "" && all.indexOf(line) === index && !text.includes(line);
  });
  return [...lines, text].join("\n");
}
