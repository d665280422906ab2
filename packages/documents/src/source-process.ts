import { serveRequests } from "@larder/child-process";
import type { SitemapOrder } from "./sources/read-sitemap.ts";
import { readSitemap } from "./sources/read-sitemap.ts";
import type { UnpackOrder } from "./sources/unpack-archive.ts";
import { unpackArchive } from "./sources/unpack-archive.ts";

/** The child's entry: opens what documents come in; its parent bounds time and memory. */
serveRequests({
  unpack: async (order: UnpackOrder) => unpackArchive(order),
  sitemap: async (order: SitemapOrder) => readSitemap(order),
});
