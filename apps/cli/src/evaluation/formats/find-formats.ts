import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** One file of the set, and the file that says what its text is, where there is one. */
export interface FormatFile {
  readonly name: string;
  readonly path: string;
  readonly reference?: { readonly path: string; readonly f1Min: number };
}

/** What the text must reach against Markdown made by hand, and against the same document as plain text. */
const markdownF1Min = 0.9;
const familyF1Min = 0.95;
/** One document in many formats; its plain text is the reference of the others. */
const family = "unstructured__eng_spa_mult";

/** Files of a folder in order of name. References are `expected/<name>.md`, and for the family its `.txt`. */
export async function findFormats(folder: string): Promise<readonly FormatFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const expected = new Set(await readdir(join(folder, "expected")).catch(() => []));
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith("SOURCES")).map(({ name }) => name);
  return names.sort().map((name) => {
    const path = join(folder, name);
    if (expected.has(`${name}.md`)) {
      return { name, path, reference: { path: join(folder, "expected", `${name}.md`), f1Min: markdownF1Min } };
    }
    if (name.startsWith(`${family}.`)) {
      return { name, path, reference: { path: join(folder, `${family}.txt`), f1Min: familyF1Min } };
    }
    return { name, path };
  });
}
