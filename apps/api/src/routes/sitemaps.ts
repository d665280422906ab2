import { createRoute, z } from "@hono/zod-openapi";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import type { Larder } from "../larder.ts";
import { readJsonBody } from "../request/json-body.ts";
import { listSitemap } from "../request/list-sitemap.ts";
import { jsonBody, problems, reply } from "./route-parts.ts";

const pagesBody = z
  .object({
    urls: z.array(z.string()).describe("Pages of the sitemap's host, each once."),
    left_out: z.int().describe("Addresses that stand there and are not taken."),
    left_out_reasons: z
      .object({
        other_host: z.int().describe("Of another host than the sitemap's."),
        no_address: z.int().describe("No http or https address."),
        nested_index: z.int().describe("An index of sitemaps that an index names."),
      })
      .describe("The same by why."),
    is_cut: z.boolean().describe("There are more."),
  })
  .openapi("SitemapPages");

export function sitemapRoutes({ webFetcher, sources }: Larder, limits: ApiLimits) {
  const request = z.strictObject({
    url: z.string().max(2_000).describe("Of a sitemap or an index of sitemaps, XML or text, packed or not."),
    pages_max: z.int().min(1).max(limits.sitemapPagesMax).default(Math.min(1_000, limits.sitemapPagesMax)),
  });
  const list = createRoute({
    method: "post",
    path: "/v1/sitemaps",
    tags: ["Documents"],
    summary: "List the pages of a sitemap, to be added one by one",
    request: { body: jsonBody(request) },
    responses: { 200: reply("Its pages.", pagesBody), ...problems(413, 415, 422, 429, 502) },
  });
  const bodyLimits = {
    bytesMax: limits.jsonBytesMax,
    depthMax: limits.jsonDepthMax,
    setting: "LARDER_JSON_BYTES_MAX",
  };
  return createRouter().openapi(list, async (c) => {
    const { value } = await readJsonBody(c, request, bodyLimits);
    const bounds = { pagesMax: value.pages_max, filesMax: limits.sitemapFilesMax };
    const { urls, leftOut, isCut } = await listSitemap(value.url, bounds, { webFetcher, sources }, c.get("call"));
    const left_out = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
    return c.json({ urls: [...urls], left_out, left_out_reasons: { ...leftOut }, is_cut: isCut }, 200);
  });
}
