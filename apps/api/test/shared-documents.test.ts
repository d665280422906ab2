import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { openStore } from "../src/compose.ts";
import type { RunningServer } from "../src/index.ts";
import { runServer } from "../src/index.ts";

const replySchema = z.looseObject({
  id: z.string().default(""),
  text: z.string().default(""),
  data: z.array(z.looseObject({ id: z.string(), status: z.string(), external_ids: z.array(z.string()) })).default([]),
  evidence: z.array(z.looseObject({ text: z.string() })).default([]),
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-shared-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ask({ url }: RunningServer, path: string, value?: unknown) {
  const sent = value === undefined ? {} : { method: "POST", body: JSON.stringify(value) };
  const headers = { "content-type": "application/json" };
  return replySchema.parse(await (await fetch(`${url}/v1/knowledge-bases${path}`, { ...sent, headers })).json());
}

/** Both senders go over to one new text, and a searcher asks all the while; the worker is killed on the way. */
it.each(["before-publish:2"])(
  "what two senders share is found as it was or as it is, also when the worker is killed at %s",
  async (failPoint) => {
    const more = { LARDER_FAIL_POINT: failPoint, LARDER_STAGE_PARSE_MS_MIN: "0" };
    const fixed = { LARDER_DATA_DIR: folder, LARDER_PORT: "0", LARDER_LOG_LEVEL: "silent" };
    const server = await runServer({ ...fixed, ...more });
    try {
      const { id: kb } = await ask(server, "", { name: failPoint });
      const [old, fresh] = ["The orchard ladder is green.", "The orchard ladder is painted blue."];
      const send = (external_id: string, text: string, query = "") =>
        ask(server, `/${kb}/documents${query}`, { external_id, text, title: "Ladder" });
      for (const name of ["a", "b"]) await send(name, old, "?wait_ms=60000");
      const found: string[] = [];
      let isOver = false;
      const searching = (async () => {
        while (!isOver) {
          const { evidence } = await ask(server, `/${kb}/search`, { query: "orchard ladder", limit: 10 });
          found.push(evidence.map(({ text }) => text).join(" and "));
        }
      })();
      await Promise.all(["a", "b"].map((name) => send(name, fresh)));
      const list = async () => (await ask(server, `/${kb}/documents?limit=9`)).data;
      while ((await list()).some(({ status }) => status !== "ready")) await delay(20);
      await delay(100);
      isOver = true;
      await searching;
      expect(found.filter((text) => text !== old && text !== fresh)).toEqual([]);
      expect([found[0], found.at(-1)]).toEqual([old, fresh]);
      const [one, ...others] = await list();
      expect([one?.external_ids.toSorted(), others]).toEqual([["a", "b"], []]);
      expect((await ask(server, `/${kb}/documents/${one?.id}/content`)).text).toBe(fresh);
    } finally {
      await server.close();
    }
    const store = await openStore(folder);
    try {
      expect((await store.checkIntegrity({ signal: AbortSignal.timeout(60_000) })).problems).toEqual([]);
    } finally {
      await store.close();
    }
  },
);
