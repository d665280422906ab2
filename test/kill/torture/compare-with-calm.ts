import type { TortureClient } from "./torture-client.ts";
import type { TortureDocument } from "./torture-documents.ts";
import type { TortureModel } from "./torture-model.ts";
import { untilIdle } from "./until-idle.ts";
import { workThrough } from "./work-through.ts";

const documentsAtOnce = 4;
const searchesMax = 60;

/**
 * Sends what the knowledge base holds once more, to one that nobody disturbs: texts and passages are the same in both and,
 * where `isSearched`, what searches find, with its scores. What differs is added to the model's violations.
 */
export async function compareWithCalm(
  client: TortureClient,
  calm: TortureClient,
  model: TortureModel,
  { isSearched }: { readonly isSearched: boolean },
): Promise<void> {
  const wrong = (what: string): void => void model.violations.push(what);
  const held = model.tracked.flatMap(({ id, allowed: [document] }) =>
    id === undefined || document === undefined ? [] : [{ id, document }],
  );
  const twins: { readonly id: string; readonly calmId: string; readonly document: TortureDocument }[] = [];
  await workThrough(held, documentsAtOnce, async ({ id, document }) => {
    const { status, documentId: calmId } = await calm.add(document);
    if (calmId === undefined) wrong(`${document.name} was answered with ${status} in the calm`);
    else twins.push({ id, calmId, document });
  });
  if ((await untilIdle(calm)) === undefined)
    return wrong("documents still wait a minute after they were sent in the calm");
  await workThrough(twins, documentsAtOnce, async ({ id, calmId, document: { name } }) => {
    if ((await client.content(id)) !== (await calm.content(calmId))) wrong(`${name}: its text is not that of the calm`);
    const [passages, calmPassages] = await Promise.all([client.passages(id), calm.passages(calmId)]);
    if (passages.join("\0") !== calmPassages.join("\0")) wrong(`${name}: its passages are not those of the calm`);
  });
  if (!isSearched) return;
  const step = Math.max(1, Math.ceil(twins.length / searchesMax));
  const asked = twins.filter((_, i) => i % step === 0);
  await workThrough(asked, documentsAtOnce, async ({ calmId, document: { name, words } }) => {
    // A whole sentence: to a made-up word alone most passages are equally near, and either may come first.
    const word = words[words.length >> 1] ?? "";
    const sentence = (await calm.content(calmId)).match(new RegExp(`The \\w+ keeps ${word}[^.]*\\.`))?.[0] ?? word;
    const [found, calmFound] = await Promise.all([whatIsFound(client, sentence), whatIsFound(calm, sentence)]);
    if (found !== calmFound) wrong(`${name}: a search for ${word} finds ${found}, and ${calmFound} in the calm`);
  });
}

/** Without the ids, which differ. Scores to six places: one run differed in the eighth, and why is not known. */
async function whatIsFound(client: TortureClient, query: string): Promise<string> {
  const { found, degraded } = await client.search(query);
  return JSON.stringify({
    found: found.map(({ text, start, score, scores }) => {
      const parts = Object.entries(scores).map(([name, part]) => [name, part?.toFixed(6)] as const);
      return { text, start, score: score.toFixed(6), ...Object.fromEntries(parts) };
    }),
    degraded,
  });
}
