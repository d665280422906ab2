import { describe, expect, it } from "vitest";
import { readJson, readText, repositoryFiles, workspaces } from "./repository-files.ts";

interface Command {
  readonly script: string;
  readonly workspace: string | undefined;
}

/** Each `npm run x`, `npm test` and `npm start` in a text, with the workspace it names by `-w` or `--workspace`. */
function commandsIn(text: string): readonly Command[] {
  return [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)([^\n`]*)/g)].map(([, run, short, rest]) => ({
    script: run ?? short ?? "",
    workspace: /(?:-w|--workspace)[= ]([@\w/-]+)/.exec(rest ?? "")?.[1],
  }));
}

const scriptsOf = (file: string): Readonly<Record<string, string>> => readJson(file).scripts ?? {};
const scriptsByWorkspace = new Map<string, Readonly<Record<string, string>>>(
  workspaces.flatMap((folder) => {
    const scripts = scriptsOf(`${folder}/package.json`);
    return [
      [folder, scripts],
      [readJson(`${folder}/package.json`).name as string, scripts],
    ];
  }),
);

describe("the commands in the documentation", () => {
  const pages = repositoryFiles.filter((file) => file.endsWith(".md") && !file.startsWith("packages/embedder/models/"));
  const commands = pages.flatMap((page) => commandsIn(readText(page)).map((command) => ({ page, ...command })));

  it("are found", () => {
    expect(commands.length).toBeGreaterThan(0);
  });

  it("exist in package.json", () => {
    const root = scriptsOf("package.json");
    const missing = commands.filter(({ page, script, workspace }) => {
      if (workspace !== undefined) return scriptsByWorkspace.get(workspace)?.[script] === undefined;
      const folder = /^((?:apps|packages)\/[^/]+|bench|examples\/[^/]+)\//.exec(page)?.[1];
      const own = folder !== undefined && repositoryFiles.includes(`${folder}/package.json`);
      return root[script] === undefined && !(own && scriptsOf(`${folder}/package.json`)[script] !== undefined);
    });
    expect(missing.map(({ page, script }) => `${page}: npm run ${script}`)).toEqual([]);
  });

  it("are read with their workspace", () => {
    expect(commandsIn("Run `npm run build -w @larder/store`, then npm test.")).toEqual([
      { script: "build", workspace: "@larder/store" },
      { script: "test", workspace: undefined },
    ]);
  });
});
