import type { PricePlaces } from "@larder/generator-router";
import type { Environment } from "./config.ts";
import { readConfig } from "./config.ts";

/**
 * Where the settings have their prices, for commands that need no running Larder.
 * @throws {@link LarderError} `CONFIG_INVALID`
 */
export function readPricePlaces(environment: Environment): PricePlaces {
  return readConfig(environment).generation.prices;
}
