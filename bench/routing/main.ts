import { parseArgs } from "node:util";
import type { ModelEntry } from "@larder/contracts";
import { readCatalog } from "@larder/generator-router";
import { seededRandom } from "@larder/testkit";
import { quantile } from "../smoke/times.ts";
import { benchRouter } from "./bench-router.ts";
import { enumerate } from "./exhaustive.ts";
import { liteLlmStudy } from "./lite-llm-study.ts";
import { cheapestOf, Overspend, peerRules, pickBy } from "./peer-rules.ts";
import { randomRequest } from "./random-requests.ts";

/**
 * The router's choice against enumeration over the whole catalog, the rules of two peers on the same requests, and how
 * long a decision takes: `npm run bench:routing -- [--requests 20000] [--data <folder of price files>]`.
 */
const { values } = parseArgs({ options: { requests: { type: "string", default: "20000" }, data: { type: "string" } } });
const requests = Number(values.requests);
const catalog = readCatalog().models;

await compareChoices(catalog);
timeDecisions(padTo(700, catalog));
if (values.data !== undefined) await liteLlmStudy(values.data, requests, seededRandom(3));

async function compareChoices(models: readonly ModelEntry[]): Promise<void> {
  const random = seededRandom(1);
  const { router, providers, hits, warm, today } = benchRouter(models);
  for (const entry of models) if (entry.cache !== null && random() < 0.5) await warm(entry, Math.ceil(random() * 4));
  let mistakes = 0;
  let unserved = 0;
  const peers = Object.entries(peerRules).map(([name, rule]) => ({ name, rule, spent: new Overspend() }));
  for (let i = 0; i < requests; i++) {
    const request = randomRequest(random, providers);
    const eligible = enumerate(models, request, hits, today);
    const cheapest = cheapestOf(eligible);
    const [first] = router.quote(request.shape, request.policy).candidates;
    const chosen = first?.isEligible ? (first.expectedCost as bigint | undefined) : undefined;
    if (chosen !== cheapest) mistakes++;
    if (cheapest === undefined) {
      unserved++;
      continue;
    }
    for (const { rule, spent } of peers) spent.add(pickBy(rule, eligible)?.cost ?? cheapest, cheapest);
  }
  const priced = models.filter(({ rates }) => rates !== null).length;
  console.log(`catalog: ${models.length} models, ${priced} priced; ${requests} random requests, ${unserved} fit none`);
  console.log(`  Larder: ${mistakes} mistakes against enumeration`);
  for (const { name, spent } of peers) console.log(`  ${name}: ${spent}`);
}

function timeDecisions(models: readonly ModelEntry[]): void {
  const { router, providers } = benchRouter(models);
  const random = seededRandom(2);
  const decide = (read: (quote: ReturnType<typeof router.quote>) => unknown) => {
    const times: number[] = [];
    const work: number[] = [];
    for (let i = 0; i < 22_000; i++) {
      const { shape, policy } = randomRequest(random, providers);
      const used = process.cpuUsage();
      const start = performance.now();
      read(router.quote(shape, policy));
      const took = (performance.now() - start) * 1_000;
      const { user, system } = process.cpuUsage(used);
      if (i < 2_000) continue; // the first ones compile
      times.push(took);
      work.push(user + system);
    }
    const told = (all: readonly number[]) =>
      `p50 ${quantile(all, 0.5).toFixed(0)} µs, p99 ${quantile(all, 0.99).toFixed(0)} µs`;
    return `${told(times)} of the clock; ${told(work)} of the processor`;
  };
  console.log(`\ndecision over ${models.length} models, 20,000 random requests`);
  console.log(`  the model and its cost: ${decide((quote) => quote.cheapest?.expectedCost)}`);
  console.log(`  every model with its sentence: ${decide((quote) => quote.candidates.length)}`);
}

function padTo(count: number, models: readonly ModelEntry[]): readonly ModelEntry[] {
  const copies = models.slice(0, Math.max(0, count - models.length));
  return [...models, ...copies.map((entry) => ({ ...entry, model: `${entry.model}#2` }))].slice(0, count);
}
