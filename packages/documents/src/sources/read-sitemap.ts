import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { readXml } from "@larder/bounded-xml";
import type { Sitemap } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { readBeginning } from "./archive-beginnings.ts";
import { inflatedFile } from "./inflated-file.ts";

export interface SitemapOrder {
  readonly file: string;
  readonly addressesMax: number;
  readonly limits: ParseLimits;
}

/** Of one address; sitemaps.org allows 2,048. */
const addressCharactersMax = 2_048;

/**
 * Addresses of a sitemap or of an index of sitemaps. Extensions for images, videos and news are passed over.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`
 * @source https://www.sitemaps.org/protocol.html
 */
export async function readSitemap({ file, addressesMax, limits }: SitemapOrder): Promise<Sitemap> {
  const head = await readBeginning(file);
  const isPacked = head.toString("hex", 0, 2) === "1f8b";
  const found = new FoundAddresses(addressesMax);
  // An address a line begins with a letter, XML with a bracket, after a mark or blanks; packed ones are always XML.
  if (
    !isPacked &&
    /^h/iu.test(
      head
        .toString("utf8")
        .replace(/^\ufeff/u, "")
        .trimStart(),
    )
  ) {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      found.add(line);
    }
    return found.finish("pages");
  }
  const pieces = isPacked ? inflated(file, limits) : createReadStream(file); // opened only where it is read to its end
  return found.finish(await readXmlSitemap(pieces, found, limits));
}

async function readXmlSitemap(
  pieces: AsyncIterable<Uint8Array>,
  found: FoundAddresses,
  { xmlDepthMax }: ParseLimits,
): Promise<Sitemap["kind"]> {
  const open: string[] = [];
  let address = "";
  let root: string | undefined;
  const isAddress = (): boolean =>
    open.length === 3 && open[2] === "loc" && (open[1] === "url" || open[1] === "sitemap");
  await readXml(
    pieces,
    {
      open(name) {
        const local = name.replace(/^sitemap:/u, ""); // many name no namespace at all
        root ??= local;
        open.push(local);
        address = "";
      },
      text(text) {
        if (isAddress() && address.length <= addressCharactersMax) address += text;
      },
      close() {
        if (isAddress()) found.add(address);
        open.pop();
      },
    },
    { xmlDepthMax, prefixes: { "http://www.sitemaps.org/schemas/sitemap/0.9": "sitemap" } },
  );
  if (root === "urlset") return "pages";
  if (root === "sitemapindex") return "index";
  throw new LarderError("DOCUMENT_MALFORMED", { details: { container: "xml", problem: "no_sitemap" } });
}

class FoundAddresses {
  readonly #addresses = new Set<string>();
  readonly #addressesMax: number;
  #isCut = false;

  constructor(addressesMax: number) {
    this.#addressesMax = addressesMax;
  }

  add(text: string): void {
    const address = text.trim();
    if (address === "" || address.length > addressCharactersMax || this.#addresses.has(address)) return;
    if (this.#addresses.size >= this.#addressesMax) this.#isCut = true;
    else this.#addresses.add(address);
  }

  finish(kind: Sitemap["kind"]): Sitemap {
    return { kind, addresses: [...this.#addresses], isCut: this.#isCut };
  }
}

function inflated(file: string, { inflatedBytesMax, inflatedRatioMax }: ParseLimits): AsyncIterable<Uint8Array> {
  const tooLarge = (setting: string, limit: number) => () =>
    new LarderError("DOCUMENT_TOO_LARGE", { details: { setting, limit } });
  return inflatedFile(file, {
    bytesMax: inflatedBytesMax,
    ratioMax: inflatedRatioMax,
    tooManyBytes: tooLarge("LARDER_PARSE_INFLATED_BYTES_MAX", inflatedBytesMax),
    tooHighRatio: tooLarge("LARDER_PARSE_INFLATED_RATIO_MAX", inflatedRatioMax),
    damaged: (cause) => new LarderError("DOCUMENT_MALFORMED", { details: { container: "gzip" }, cause }),
  });
}
