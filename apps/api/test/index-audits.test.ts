import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openInProcess } from "../src/open-in-process.ts";

it("audits the index of every knowledge base on request, and counts it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-audits-"));
  const larder = await openInProcess({ LARDER_DATA_DIR: folder, LARDER_OFFLINE: "1" });
  const send = async (method: string, path: string, body?: object) => {
    const headers = { "content-type": "application/json" };
    const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    const response = await larder.fetch(new Request(`http://localhost${path}`, { method, ...sent }));
    expect(response.status).toBeLessThan(300);
    return response;
  };
  try {
    expect(await (await send("POST", "/v1/index/audits")).json()).toEqual({ data: [] });
    const { id } = (await (await send("POST", "/v1/knowledge-bases", { name: "pantry" })).json()) as { id: string };
    const path = `/v1/knowledge-bases/${id}/documents?wait_ms=60000`;
    await send("POST", path, { text: "Plums keep in a cool and dry place.", title: "Jam" });
    await send("POST", "/v1/knowledge-bases", { name: "empty" });
    expect(await (await send("POST", "/v1/index/audits")).json()).toEqual({
      data: [{ knowledge_base_id: id, outcome: "sound", vectors: 1, samples: 1, recall_at_10: 1, problems: [] }],
    });
    const metrics = await (await send("GET", "/metrics")).text();
    expect(metrics).toContain('larder_index_audits_total{outcome="sound"} 1');
    expect(metrics).toContain('larder_index_audits_total{outcome="damaged"} 0');
  } finally {
    await larder.close();
    await rm(folder, { recursive: true, force: true });
  }
});
