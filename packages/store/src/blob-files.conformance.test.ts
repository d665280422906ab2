import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeBlobStore } from "@larder/testkit";
import { openBlobFiles } from "./blob-files.ts";

describeBlobStore("blob files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-blobs-"));
  return {
    blobs: await openBlobFiles({ folder }),
    async countFiles() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).length;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
});
