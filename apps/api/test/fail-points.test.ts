import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runServer } from "../src/index.ts";

it("finishes what a worker that was killed had begun, at the second try", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-fail-"));
  const server = await runServer({
    LARDER_DATA_DIR: folder,
    LARDER_PORT: "0",
    LARDER_LOG_LEVEL: "silent",
    LARDER_FAIL_POINT: "after-embed",
  });
  try {
    const ask = async (path: string, value?: unknown) => {
      const body = value === undefined ? {} : { method: "POST", body: JSON.stringify(value) };
      const response = await fetch(`${server.url}/v1/knowledge-bases${path}`, {
        ...body,
        headers: { "content-type": "application/json" },
      });
      return (await response.json()) as { id: string; documents: { id: string }[]; job_id: string; status: string };
    };
    const { id } = await ask("", { name: "crash" });
    const { documents, job_id: job } = await ask(`/${id}/documents`, { text: "The ferry leaves at noon." });
    const path = `/${id}/documents/${documents[0]?.id}`;
    await expect.poll(async () => (await ask(path)).status, { timeout: 60_000 }).toBe("ready");
    expect(await ask(path)).toMatchObject({ version: 1, counts: { passages: 1 } });
    const jobs = await (await fetch(`${server.url}/v1/jobs/${job}`)).json();
    expect(jobs).toMatchObject({ state: "succeeded", documents: [{ attempts: 2 }] });
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
