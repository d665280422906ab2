import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LarderError } from "@larder/contracts";
import type { FoundFile } from "../find-files.ts";
import { findFiles } from "../find-files.ts";

export interface Choice {
  readonly knowledgeBase: string;
  /** What is read, in words. */
  readonly what: string;
  readonly files: readonly FoundFile[];
  /** None for a folder without a question: its largest document is asked about. */
  readonly questions: readonly string[];
  /** The folder as it was given; absent for the repository's own documents. */
  readonly folder?: string;
}

const ownQuestions = [
  "What happens to an acknowledged document when a process is killed?",
  "What happens when a provider fails after its first word?",
  "When is no saving claimed?",
];

/** What was decided and measured, and when: it would be quoted in place of what holds today. */
const ownHistory = [join("docs", "decisions"), join("docs", "measurements.md")];

/**
 * The folder and questions that were given, or the repository's own documents and three questions about them.
 * @throws {@link LarderError} `QUERY_EMPTY`, and what `findFiles` throws
 */
export async function chooseDocuments(args: readonly string[]): Promise<Choice> {
  const [folder, ...questions] = args;
  if (folder === undefined) {
    const root = findRepository();
    const files = await findFiles(await ownDocuments(root));
    const named = files
      .map((file) => ({ ...file, name: relative(root, file.path) }))
      .filter(({ name }) => !ownHistory.some((start) => name.startsWith(start)));
    return { knowledgeBase: "quickstart", what: "Larder's own documents", files: named, questions: ownQuestions };
  }
  if (questions.some((question) => !/[^\s\p{C}]/u.test(question))) throw new LarderError("QUERY_EMPTY");
  const path = resolve(folder);
  const files = await findFiles([path]);
  return {
    knowledgeBase: `quickstart: ${basename(path)} ${createHash("sha256").update(path).digest("hex").slice(0, 6)}`,
    what: path,
    files,
    questions,
    folder,
  };
}

/** The nearest folder above this file that holds the workspaces. */
function findRepository(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "turbo.json")) || !existsSync(join(folder, "packages"))) folder = dirname(folder);
  return folder;
}

async function ownDocuments(root: string): Promise<string[]> {
  const readmes: string[] = [];
  for (const kind of ["apps", "packages"]) {
    for (const name of await readdir(join(root, kind))) {
      const readme = join(root, kind, name, "README.md");
      if (existsSync(readme)) readmes.push(readme);
    }
  }
  return [join(root, "README.md"), join(root, "docs"), ...readmes].filter(existsSync);
}
