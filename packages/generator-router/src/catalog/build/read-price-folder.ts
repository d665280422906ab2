import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LarderError } from "@larder/contracts";
import type { PriceFile, PriceFiles } from "./price-files.ts";

/**
 * Reads the newest file of each source from a folder: `litellm-<date>.json`, `openrouter-<date>.json`,
 * `models-dev-<date>.json`, as the sources publish them.
 * @throws {@link LarderError} `PRICES_INVALID`
 */
export function readPriceFolder(folder: string): PriceFiles {
  return {
    litellm: readNewest(folder, "litellm-"),
    openrouter: readNewest(folder, "openrouter-"),
    modelsDev: readNewest(folder, "models-dev-"),
  };
}

function readNewest(folder: string, prefix: string): PriceFile {
  const dated = new RegExp(`^${prefix}(\\d{4}-\\d{2}-\\d{2})\\.json$`);
  try {
    const name = readdirSync(folder)
      .filter((each) => dated.test(each))
      .toSorted()
      .at(-1);
    if (name === undefined) throw problem(`no file ${prefix}<date>.json in the folder`);
    return { asOf: dated.exec(name)?.[1] ?? "", content: JSON.parse(readFileSync(join(folder, name), "utf8")) };
  } catch (thrown) {
    throw LarderError.is(thrown) ? thrown : problem(`${prefix}<date>.json cannot be read`, thrown);
  }
}

function problem(problems: string, cause?: unknown): LarderError {
  return new LarderError("PRICES_INVALID", { details: { problems }, ...(cause !== undefined && { cause }) });
}
