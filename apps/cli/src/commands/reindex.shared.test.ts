import { chmod, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openInProcess } from "@larder/api";
import { pinModelFiles } from "@larder/model-files";
import { expect, it } from "vitest";
import { z } from "zod";

const replySchema = z.looseObject({
  id: z.string().default(""),
  embedder: z.string().nullable().default(null),
  generation: z.number().default(0),
  degraded: z.array(z.string()).default([]),
  evidence: z.array(z.looseObject({ text: z.string() })).default([]),
});

/** `npm run test:shared`: needs the models of the development folder. */
it("goes over from the carried model to MiniLM and back, searching all the while", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-models-"));
  const model = "Xenova/all-MiniLM-L6-v2";
  const models = join(folder, "models");
  const ours = join(models, model); // with pins, which the shared one has none of
  await cp(resolve(process.env.LARDER_SHARED_DIR ?? "../shared", "models", model), ours, { recursive: true });
  for (const each of [ours, join(ours, "onnx")]) await chmod(each, 0o755);
  await pinModelFiles({ folder: ours, dtype: "q8", isReplacing: false });
  const open = (more: Readonly<Record<string, string>>) =>
    openInProcess({ LARDER_DATA_DIR: folder, LARDER_OFFLINE: "1", LARDER_MODELS_DIR: models, ...more });
  const miniLm = { LARDER_EMBEDDING_MODEL: model };
  let larder = await open({});
  try {
    const ask = async (path: string, value?: unknown) => {
      const sent = value === undefined ? {} : { method: "POST", body: JSON.stringify(value) };
      const headers = { "content-type": "application/json" };
      const url = `http://localhost/v1/knowledge-bases${path}`;
      return replySchema.parse(await (await larder.fetch(new Request(url, { ...sent, headers }))).json());
    };
    const { id } = await ask("", { name: "pantry" });
    const texts = ["Honey keeps for twenty years.", "The ferry leaves at noon.", "Weevils like flour."];
    for (const text of texts) await ask(`/${id}/documents?wait_ms=60000`, { text, title: "Note" });
    const embedders = [(await ask(`/${id}`)).embedder];
    for (const [round, settings] of [miniLm, {}].entries()) {
      await larder.close();
      larder = await open(settings);
      for (;;) {
        const { evidence, degraded } = await ask(`/${id}/search`, { query: "When does the boat go?", mode: "dense" });
        expect({ first: evidence[0]?.text, degraded }).toEqual({ first: texts[1], degraded: [] });
        if ((await ask(`/${id}`)).generation === round + 2) break;
      }
      embedders.push((await ask(`/${id}`)).embedder);
    }
    expect(embedders[1]).toMatch(/^Xenova\/all-MiniLM-L6-v2@/);
    expect(embedders[2]).toBe(embedders[0]);
  } finally {
    await larder.close();
    await rm(folder, { recursive: true, force: true });
  }
});
