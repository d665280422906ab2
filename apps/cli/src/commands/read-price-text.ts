import { readFileSync } from "node:fs";
import { LarderError } from "@larder/contracts";

/** @throws {@link LarderError} `PRICES_INVALID` for a file that cannot be read */
export function readPriceText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new LarderError("PRICES_INVALID", { details: { problems: `${file} cannot be read` }, cause });
  }
}
