import { createLanguageDetector } from "@larder/language";
import { testCall as call, createCountingIds } from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { openSqliteStore } from "../src/open-sqlite-store.ts";
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

/** Lines of one language each. Read by its rules, `fruit` is `fruit` in all of them. */
const sentences = [
  "The miners of this valley looked for fruit and silver, and they found them in the river.",
  "Die Häuser der Familien standen am Fluss, und im Winter wurden fruit und goldene Türen geschlossen.",
  "Les maisons du village étaient vides, et personne ne savait où les fruit et habitants étaient partis.",
  "fruit 4711",
];
const texts = sentences.flatMap((one, i) => sentences.slice(0, i + 1).map((other) => `${one}\n${other}`));

it(
  "knows the languages that are there in any such order, also while two processes make terms anew by other rules",
  async () => {
    const languages = new Set<string>();
    for (let seed = 101; seed <= 100 + Math.ceil(seeds / 2); seed += 1) {
      await using store = await openTemporaryStore({ lexical: { detector: createLanguageDetector() } });
      await using other = await openSqliteStore({
        ...{ file: store.file, clock: store.clock, ids: createCountingIds("b") },
      });
      const history = await RandomHistory.begin(store, seed, undefined, texts);
      const reader = new Sqlite(store.file, { readonly: true });
      for (let step = 1; step <= stepsPerHistory; step += 1) {
        const done = await history.step();
        if (step % 7 === 0) await (step % 2 === 0 ? store : other).remakeTerms(call);
        expect(await historyProblems(store, reader, history.id), `seed ${seed}, step ${step}: ${done}`).toEqual([]);
        languages.add(String(reader.prepare("select languages from knowledge_bases").pluck().get()));
      }
      await history.end();
      expect(await historyProblems(store, reader, history.id), `seed ${seed}, end`).toEqual([]);
      expect((await store.checkIntegrity(call)).problems).toEqual([]);
      reader.close();
    }
    expect([...languages].some((held) => Object.keys(JSON.parse(held)).length === 3)).toBe(true);
  },
  20_000 * seeds,
);
