import { describe, expect, it } from "vitest";
import { readJson, repositoryFiles, root, workspaces } from "./repository-files.ts";

const tags = Object.keys(readJson("turbo.json").boundaries.tags);
/** What may be installed with a package of each tag. `turbo boundaries` counts devDependencies too, this does not. */
const mayNeed: Readonly<Record<string, readonly string[]>> = {
  port: [],
  foundation: ["port"],
  reader: ["port", "foundation"],
  adapter: ["port", "foundation", "reader"],
  domain: ["port", "foundation"],
  testing: ["port"],
  app: ["port", "foundation", "adapter", "domain", "app"],
};
const tagOf = (folder: string): string => readJson(`${folder}/turbo.json`).tags[0];
const folderOf = new Map(workspaces.map((folder) => [readJson(`${folder}/package.json`).name as string, folder]));
const shared = { license: "Apache-2.0", type: "module", version: readJson("package.json").version };

it("finds the packages", () => {
  expect(workspaces.length).toBeGreaterThan(10);
});

describe.each(workspaces)("%s", (folder) => {
  const manifest = readJson(`${folder}/package.json`);

  it("has a README", () => {
    expect(repositoryFiles, `in ${root}`).toContain(`${folder}/README.md`);
  });

  it("describes itself, under the name of its folder", () => {
    expect(manifest.name).toBe(`@larder/${folder.split("/")[1]}`);
    expect(manifest.description).toMatch(/\S.{9,}\.$/);
    expect(manifest).toMatchObject(shared);
  });

  it("has one tag, with rules", () => {
    const own = readJson(`${folder}/turbo.json`).tags;
    expect(own).toHaveLength(1);
    expect(tags).toContain(own[0]);
  });

  it("needs packages of the allowed tags only", () => {
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    const refused = needed.filter((name) => {
      const neighbour = folderOf.get(name);
      return neighbour !== undefined && !mayNeed[tagOf(folder)]?.includes(tagOf(neighbour));
    });
    expect(refused).toEqual([]);
  });

  it("offers its source before its build", () => {
    for (const target of Object.values<Record<string, string>>(manifest.exports)) {
      expect(Object.keys(target)).toEqual(["@larder/source", "types", "default"]);
      expect(repositoryFiles).toContain(`${folder}/${target["@larder/source"]?.replace("./", "")}`);
    }
  });

  it("pins its dependencies exactly", () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    const loose = Object.entries<string>(all).filter(([, version]) => !/^(?:npm:.+@)?\d+\.\d+\.\d+$/.test(version));
    expect(loose).toEqual([]);
  });
});
