import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ArchiveEntry, ArchiveReader, Sitemap, SitemapReader } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import type { BoundedChildrenOptions } from "./bounded-children.ts";
import { openBoundedChildren } from "./bounded-children.ts";
import { limitsOf } from "./child-parser.ts";
import { kindOfBeginning, readBeginning } from "./sources/archive-beginnings.ts";
import type { SitemapOrder } from "./sources/read-sitemap.ts";
import type { UnpackOrder } from "./sources/unpack-archive.ts";

export interface SourceReaderOptions extends Partial<ParseLimits>, BoundedChildrenOptions {
  /** Where archives are unpacked; whatever is in it is taken away at the opening. No other process may use it. */
  readonly stagingFolder: string;
}

/**
 * Opens archives and sitemaps in a child process, as documents are parsed in one. Starts no process before the first
 * file that begins like one of them.
 */
export async function openSourceReader(options: SourceReaderOptions): Promise<ArchiveReader & SitemapReader> {
  const { stagingFolder } = options;
  const limits = limitsOf(options);
  await rm(stagingFolder, { recursive: true, force: true }); // of a process that died
  const children = openBoundedChildren("source reader", "./source-process", options);
  return {
    async unpack({ file, fileName }, receive, call) {
      if (kindOfBeginning(await readBeginning(file)) === undefined) return undefined;
      const folder = join(stagingFolder, randomUUID());
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        const order: UnpackOrder = { file, fileName, folder, limits };
        const entries = await children.ask<readonly ArchiveEntry[] | undefined>("unpack", order, call);
        return entries === undefined ? undefined : await receive(entries);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async readSitemap(body, addressesMax, call) {
      const file = join(stagingFolder, randomUUID());
      await mkdir(stagingFolder, { recursive: true, mode: 0o700 });
      try {
        await pipeline(body, createWriteStream(file, { flags: "wx", mode: 0o600 }), { signal: call.signal });
        return await children.ask<Sitemap>("sitemap", { file, addressesMax, limits } satisfies SitemapOrder, call);
      } finally {
        await rm(file, { force: true });
      }
    },
    [Symbol.asyncDispose]: () => children[Symbol.asyncDispose](),
  };
}
