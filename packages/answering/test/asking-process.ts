import type { KnowledgeBaseId } from "@larder/contracts";
import { boundModel, outputTokensMax } from "./bound-model.ts";
import { openAnswering, questionOf } from "./open-answering.ts";

/**
 * What the tests run as a process of its own. `FILE PROVIDER-URL NAME KB COUNT WAIT-MS` asks COUNT questions at once, each
 * of them through the whole way to its receipt, says `asked` when the first text came and at the end how they ended.
 */
const [file = "", providerUrl = "", name = "", knowledgeBase = "", count = "0", waitMs = "0"] = process.argv.slice(2);

// No pause for a model that fails: who asked during one would leave money that is there, by how fast the machine is.
const limits = { budgetWaitMs: Number(waitMs), failuresMax: Number.POSITIVE_INFINITY };
await using opened = await openAnswering({ file, providerUrl, name, models: [boundModel], limits });
const endings: Record<string, number> = {};
let hasSaid = false;

async function ask(): Promise<void> {
  const question = questionOf(knowledgeBase as KnowledgeBaseId, { outputTokensMax });
  let ending = "none"; // how long it may wait is for WAIT-MS to say
  for await (const event of opened.answerQuestion(question, { signal: new AbortController().signal })) {
    if (event.kind === "text" && !hasSaid) {
      hasSaid = true;
      process.stdout.write("asked\n");
    }
    if (event.kind === "finished") ending = event.answer.basis;
    if (event.kind === "failed") ending = event.error.code;
  }
  endings[ending] = (endings[ending] ?? 0) + 1;
}

await Promise.all(Array.from({ length: Number(count) }, ask));
process.stdout.write(`${JSON.stringify(endings)}\n`);
