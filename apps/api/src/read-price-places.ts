import type { PricePlaces } from "@larder/generator-router";
import { readConfig } from "./config.ts";
import type { Environment } from "./environment.ts";

/**
 * Where the settings have their prices, for commands that need no running Larder.
 * @throws {@link LarderError} `CONFIG_INVALID`
 */
export function readPricePlaces(environment: Environment): PricePlaces {
  return readConfig(environment).generation.prices;
}
