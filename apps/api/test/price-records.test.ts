import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCall as call } from "@larder/testkit";
import { expect, it } from "vitest";
import { lockData, openStore } from "../src/compose.ts";
import { openPriceRecords } from "../src/open-price-records.ts";

it("migrates no database of an older form under a server that has the folder open", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-records-"));
  const file = join(folder, "larder.sqlite");
  const records = openPriceRecords({ LARDER_DATA_DIR: folder });
  await writeFile(file, ""); // a database of no form at all
  const server = await lockData(folder);
  await expect(records.receipts(9, call)).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
  await server.close();
  expect(await records.receipts(9, call)).toEqual([]);

  const again = await lockData(folder);
  const store = await openStore(folder);
  expect(await records.receipts(9, call)).toEqual([]); // beside a server of this form
  await store.close();
  await again.close();
  expect((await stat(file)).size).toBeGreaterThan(0);
  await rm(folder, { recursive: true, force: true });
});
