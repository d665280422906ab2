import { createHash } from "node:crypto";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** Copies a model below `modelsFolder` and pins its files, as docs/guides/embedding-models.md tells a user to. */
export async function copyPinned(modelsFolder: string, model: string, target: string): Promise<string> {
  const folder = join(target, model);
  await cp(join(modelsFolder, model), folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return `${createHash("sha256")
          .update(await readFile(path))
          .digest("hex")}  ${relative(folder, path)}\n`;
      }),
  );
  await writeFile(join(folder, "SHA256SUMS"), lines.join(""));
  return target;
}
