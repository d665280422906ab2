import { z } from "zod";

const mebibyte = 2 ** 20;
const positive = z.coerce.number().int().positive();

/** How documents are taken from addresses. */
export const fetchingSettings = {
  LARDER_FETCH_BYTES_MAX: positive.default(20 * mebibyte).describe("Largest document taken from an address."),
  LARDER_FETCH_TIMEOUT_MS: positive.default(30_000).describe("Longest time to fetch one, redirects included."),
  LARDER_FETCH_CONNECT_TIMEOUT_MS: positive.default(10_000).describe("Longest time to connect to its server."),
  LARDER_FETCH_REDIRECTS_MAX: z.coerce.number().int().min(0).max(20).default(5).describe("Most redirects followed."),
  LARDER_FETCH_PRIVATE_HOSTS: z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim().toLowerCase()))
    .optional()
    .describe("Hosts that documents may be taken from although they are not public: host or host:port, by commas."),
  LARDER_FETCH_ROBOTS: z
    .enum(["0", "1", "false", "true"])
    .default("1")
    .transform((text) => text === "1" || text === "true")
    .describe("0: what a site's robots.txt asks of programs is not looked up."),
  LARDER_FETCH_HOST_GAP_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(1_000)
    .describe("Least time between two documents taken from one host."),
  LARDER_FETCH_CRAWL_DELAY_MS_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(30_000)
    .describe("Most that a delay is followed which a site asks for in its robots.txt."),
  LARDER_SITEMAP_FILES_MAX: positive.max(10_000).default(50).describe("Most files of one sitemap that are read."),
};
