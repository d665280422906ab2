import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Call, PriceBook, Receipt } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { Catalog } from "@larder/generator-router";
import { lockData, openStore } from "./compose.ts";
import { priceBookOf } from "./compose-router.ts";
import { readConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { newestReceipts } from "./newest-receipts.ts";

export interface PriceRecords {
  /** The newest `countMax`, newest first; none where nothing was ever asked. */
  receipts(countMax: number, call: Call): Promise<readonly Receipt[]>;
  /** Of a catalog with the settings' own providers and overrides; without one of the prices in force. */
  priceBook(catalog?: Catalog): Promise<PriceBook>;
}

/** Receipts and prices of this machine for reports on paper, also while a server has the folder open. Local servers are asked what
 * they serve; nothing else is sent. */
export function openPriceRecords(env: Environment): PriceRecords {
  const config = readConfig(env);
  return {
    async receipts(countMax, call) {
      if (!existsSync(join(config.dataDir, "larder.sqlite"))) return [];
      const store = await openBesideServer(config.dataDir);
      try {
        return await newestReceipts(store.ledger, countMax, call);
      } finally {
        await store.close();
      }
    },
    priceBook: (catalog) => priceBookOf(config.generation, catalog),
  };
}

/** A server that has the folder open may be older than this process, so only with the folder's lock is its database migrated. */
async function openBesideServer(dataDir: string) {
  try {
    return await openStore(dataDir, 0, true);
  } catch (error) {
    if (!LarderError.is(error) || error.code !== "DATA_DIR_IN_USE") throw error;
  }
  const lock = await lockData(dataDir);
  try {
    return await openStore(dataDir);
  } finally {
    await lock.close();
  }
}
