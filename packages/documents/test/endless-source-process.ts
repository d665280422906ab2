import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { serveRequests } from "@larder/child-process";

/** Writes a file and never comes back. */
serveRequests({
  unpack: async ({ folder }: { folder: string }) => {
    writeFileSync(join(folder, "0"), "begun");
    for (;;);
  },
});
