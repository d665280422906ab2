import { expect, it } from "vitest";
import { call, embedderId, temporaryFolder } from "../../test/temporary-index.ts";
import { HostPool } from "./host-pool.ts";

it("starts no process any more once it is closed, such as for a collection that is just being placed", async () => {
  await using folder = await temporaryFolder();
  const local = { folder: folder.path, dimensions: 4, embedderId };
  const limits = { requestTimeoutMs: 60_000, pendingMax: 10, pendingBytesMax: 1_000, hostBytesComfortable: 0 };
  const pool = await HostPool.open({ local, graphs: "none", hostsMax: 2, ...limits }, call);
  await pool.close(1_000);
  await expect(pool.host(1, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
  expect(pool.hosts).toHaveLength(1);
});
