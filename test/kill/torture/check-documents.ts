import type { TortureClient } from "./torture-client.ts";
import type { TortureDocument } from "./torture-documents.ts";
import { wordsIn } from "./torture-documents.ts";
import type { TortureModel, Tracked } from "./torture-model.ts";
import { workThrough } from "./work-through.ts";

const passagesSearchedMax = 12; // of one document; of a longer one, so many spread over it
const checksAtOnce = 4;

/** Looks at these documents, once nothing waits any more. What is wrong is added to the model's violations. */
export async function checkDocuments(
  client: TortureClient,
  model: TortureModel,
  entries: readonly Tracked[],
): Promise<void> {
  await workThrough(entries, checksAtOnce, (entry) => checkOne(client, model, entry));
}

async function checkOne(client: TortureClient, model: TortureModel, entry: Tracked): Promise<void> {
  if (entry.id === undefined) return; // its sender knows nothing of it; the whole list is looked at in the end
  const row = await client.document(entry.id);
  model.settle(entry, row?.sha256);
  const [document] = entry.allowed;
  const wrong = (what: string): void => void model.violations.push(`${document?.name ?? entry.id}: ${what}`);
  for (const { words } of entry.retired.splice(0)) {
    for (const word of [words[0], words.at(-1)]) {
      if (word !== undefined && (await isFound(client, word, wrong))) wrong("a version before this one is found");
    }
  }
  if (row === undefined || document === undefined) return;
  if (row.status !== "ready") return wrong(`is ${row.status} (${row.error?.code ?? "no error"})`);
  if (!areEqual(wordsIn(await client.content(row.id)), document.words)) wrong("its content is not whole");
  const passages = await client.passages(row.id);
  if (passages.length !== row.counts.passages) wrong(`has ${passages.length} of ${row.counts.passages} passages`);
  if (!areEqual([...new Set(passages.flatMap(wordsIn))], document.words)) wrong("its passages are not whole");
  const step = Math.max(1, Math.ceil(passages.length / passagesSearchedMax));
  for (const passage of passages.filter((_, i) => i % step === 0 || i === passages.length - 1)) {
    const word = wordsIn(passage)[0];
    if (word !== undefined && !(await isFound(client, word, wrong, row.id)))
      wrong(`is ready, and ${word} is not found`);
  }
}

async function isFound(
  client: TortureClient,
  word: string,
  wrong: (what: string) => void,
  documentId?: string,
): Promise<boolean> {
  const { found, degraded } = await client.search(word);
  if (degraded.length > 0) wrong(`search was ${degraded.join(", ")}`);
  return found.some(
    (each) => each.text.includes(word) && (documentId === undefined || each.document_id === documentId),
  );
}

/** Everything that the server holds, against everything that was sent: nothing is there twice, or of nobody. */
export async function checkList(client: TortureClient, model: TortureModel): Promise<void> {
  const byId = new Map(model.tracked.flatMap((entry) => (entry.id === undefined ? [] : [[entry.id, entry] as const])));
  const bySha = new Map(
    model.tracked.flatMap((entry) =>
      entry.id === undefined ? knownOf(entry).map((sha) => [sha, entry] as const) : [],
    ),
  );
  const seen = new Set<string>();
  for (const { id, sha256 } of await client.documents()) {
    if (seen.has(sha256)) model.violations.push(`${id} holds bytes that another document holds too`);
    seen.add(sha256);
    const entry = byId.get(id) ?? bySha.get(sha256);
    if (entry === undefined) model.violations.push(`${id} was sent by nobody`);
    else entry.id ??= id;
  }
}

function knownOf({ allowed }: Tracked): readonly string[] {
  return allowed.flatMap((each: TortureDocument | undefined) => each?.sha256 ?? []);
}

/** Once nothing waits, each job is over and what it counts adds up. */
export async function checkJobs(client: TortureClient, model: TortureModel): Promise<void> {
  for (const { id, state, counts, finished_at } of await client.jobs()) {
    const ended = counts.ready + counts.failed;
    if (finished_at === null || ended !== counts.documents || counts.failed > 0 || state !== "succeeded") {
      const facts = `${state}, ${counts.ready} ready and ${counts.failed} failed of ${counts.documents}`;
      model.violations.push(`job ${id} is ${facts}${finished_at === null ? ", not over" : ""}`);
    }
  }
}

function areEqual(found: readonly string[], expected: readonly string[]): boolean {
  return found.length === expected.length && found.every((word, i) => word === expected[i]);
}
