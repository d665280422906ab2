import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import { checkDocuments, checkList } from "./check-documents.ts";
import { compareWithCalm } from "./compare-with-calm.ts";
import { runTorture } from "./run-torture.ts";
import { createKnowledgeBase, createTortureClient } from "./torture-client.ts";
import { createDocumentWriter } from "./torture-documents.ts";
import { TortureModel } from "./torture-model.ts";
import { TortureServer } from "./torture-server.ts";
import { untilIdle } from "./until-idle.ts";

/** More of it: `npm run torture -- --kills 1000`. */
const kills = Number(process.env.LARDER_TORTURE_KILLS ?? 50);
const seed = Number(process.env.LARDER_SEED ?? Date.now() % 1_000_000);

it.runIf(process.platform === "linux")(
  `holds what it acknowledged, once and whole, killed ${kills} times`,
  { timeout: 300_000 + kills * 15_000 },
  async () => {
    console.info(`seed ${seed}: LARDER_SEED=${seed} npm run test:kill sends and kills the same again`);
    const report = await runTorture({ kills, failPoints: [], seed, print: (line) => console.info(line) });
    expect(report.violations).toEqual([]);
    expect(Object.values(report.kills).reduce((sum, times) => sum + times, 0)).toBe(kills);
    expect(report.acknowledged).toBeGreaterThan(kills);
  },
);

it.runIf(process.platform === "linux")(
  "would notice what is lost, half, old, of nobody or found otherwise",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "larder-noticed-"));
    const server = new TortureServer(folder);
    try {
      await server.start();
      const newBase = async (name: string) =>
        createTortureClient(server.url, await createKnowledgeBase(server.url, name));
      const client = await newBase("noticed");
      const model = new TortureModel();
      const write = createDocumentWriter(seededRandom(1));
      const lost = await model.add(client, write("txt", 5), false);
      const old = await model.add(client, write("html", 5), false);
      const half = await model.add(client, write("pdf", 80), true);
      await untilIdle(client);
      await checkDocuments(client, model, model.tracked);
      await checkList(client, model);
      await compareWithCalm(client, await newBase("calm"), model, { isSearched: true });
      expect(model.violations).toEqual([]);
      const other = await newBase("not so calm");
      await other.add(write("txt", 40));
      await compareWithCalm(client, other, model, { isSearched: true });
      expect(model.violations.splice(0)).toContainEqual(expect.stringContaining(": a search for"));
      // What the server might do wrong, done behind the model's back.
      await client.remove(lost.id ?? "");
      await client.replace(old.id ?? "", write("html", 5));
      await client.add(write("csv", 5));
      const [whole] = half.allowed;
      if (whole !== undefined) half.allowed = [{ ...whole, words: [...whole.words, "zxbbbbbb"] }];
      await untilIdle(client);
      await checkDocuments(client, model, model.tracked);
      await checkList(client, model);
      expect(
        model.violations.map((each) => each.replaceAll(/doc_\w+/g, "doc").replaceAll(/[0-9a-f]{64}/g, "sha")),
      ).toEqual(
        expect.arrayContaining([
          "doc should be report-1.txt, and is nothing",
          "doc should be report-2.html, and is sha",
          "report-3.pdf: its content is not whole",
          "report-3.pdf: its passages are not whole",
          "doc was sent by nobody",
        ]),
      );
    } finally {
      await server.abandon();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
