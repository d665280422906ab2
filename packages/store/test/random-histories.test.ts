import { testCall as call } from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { historyProblems } from "./history-problems.ts";
import { openTemporaryStore } from "./open-temporary-store.ts";
import { RandomHistory } from "./random-history.ts";

const seeds = Number(process.env.LARDER_TEST_HISTORIES ?? 4);
const stepsPerHistory = 150;

it(
  "keeps every promise of ingestion in any order of senders, workers and makings anew",
  async () => {
    const generations: number[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) {
      await using store = await openTemporaryStore();
      const history = await RandomHistory.begin(store, seed);
      const reader = new Sqlite(store.file, { readonly: true });
      const done: string[] = [];
      for (let step = 1; step <= stepsPerHistory; step += 1) {
        done.push(await history.step());
        const problems = await historyProblems(store, reader, history.id);
        expect(problems, `seed ${seed}, step ${step}: ${done.slice(-8).join(", ")}`).toEqual([]);
      }
      await history.end();
      expect(await historyProblems(store, reader, history.id), `seed ${seed}, end`).toEqual([]);
      expect(await history.lost(), `seed ${seed}, end`).toEqual([]);
      expect(await store.documents.depth(call)).toBe(0);
      expect(reader.prepare("select id from jobs where finished_at_ms is null").all()).toEqual([]);
      expect((await store.checkIntegrity(call)).problems).toEqual([]);
      generations.push((await store.documents.knowledgeBase(history.id, call)).generation);
      reader.close();
    }
    expect(Math.max(...generations)).toBeGreaterThan(1); // some swap was among them
  },
  20_000 * seeds,
);
