import type { CatalogProvider } from "./catalog-providers.ts";
import type { Row } from "./source-facts.ts";
import { asRow, asRows } from "./source-facts.ts";

/** The three files of a prices folder, parsed, each with the ISO date of its name. */
export interface PriceFiles {
  readonly litellm: PriceFile;
  readonly openrouter: PriceFile;
  readonly modelsDev: PriceFile;
}
export interface PriceFile {
  readonly asOf: string;
  readonly content: unknown;
}

/** The rows of one model in the files that list it, under the provider's own id. */
export interface ModelRows {
  readonly id: string;
  readonly litellm?: Row;
  readonly openrouter?: Row;
  readonly modelsDev?: Row;
}

/** Not general chat over text: other modes, other wires, single purposes, or trained for one customer. */
const otherPurpose =
  /audio|realtime|tts|transcri|image|\blive\b|embed|moderation|guard|search-preview|search-api|deep-research|computer-use|robotics|whisper|^ft:|container|\bocr\b|lyria|veo|\bmt-|translat|livetranslate|rerank|^together-ai-|character/i;

/** Every chat model that any file lists for the provider, ids ascending. */
export function modelRowsOf(provider: CatalogProvider, files: PriceFiles): readonly ModelRows[] {
  const litellm = liteLlmRows(provider, files.litellm.content);
  const modelsDev = modelsDevRows(provider, files.modelsDev.content);
  const openrouter = openRouterRows(provider, files.openrouter.content);
  // An author's slug is not the API's id: OpenRouter alone names models of its own only.
  const ownIds = provider.ownList === "openrouter" ? [...openrouter.keys()] : [];
  const ids = [...new Set([...litellm.keys(), ...modelsDev.keys(), ...ownIds])].toSorted();
  const bySlug = new Map([...openrouter].map(([id, row]) => [slugOf(id), row]));
  return ids
    .filter((id) => !otherPurpose.test(id) && isChat(litellm.get(id) ?? { mode: "chat" }))
    .map((id) => {
      const sameSlug = provider.ownList === "openrouter" ? openrouter.get(id) : bySlug.get(slugOf(id));
      const rows = { litellm: litellm.get(id), openrouter: sameSlug, modelsDev: modelsDev.get(id) };
      return { id, ...Object.fromEntries(Object.entries(rows).filter(([, row]) => row !== undefined)) };
    });
}

/** One spelling of a model's name over the lists: `claude-sonnet-4.6` and `claude-sonnet-4-6-20260101` alike. */
export function slugOf(id: string): string {
  return id
    .toLowerCase()
    .replaceAll(".", "-")
    .replace(/-20\d{6}$/, "");
}

function liteLlmRows({ litellm }: CatalogProvider, content: unknown): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  if (litellm === undefined) return rows;
  for (const [key, value] of Object.entries(asRow(content))) {
    const row = asRow(value);
    if (row.litellm_provider !== litellm.provider) continue;
    const id = key.startsWith(litellm.prefix) ? key.slice(litellm.prefix.length) : key;
    if (!rows.has(id) || key.startsWith(litellm.prefix)) rows.set(id, row);
  }
  return rows;
}

/** Answered over `/v1/chat/completions`; models of another wire are listed beside them. */
function isChat(row: Row): boolean {
  const endpoints = row.supported_endpoints;
  return row.mode === "chat" && (!Array.isArray(endpoints) || endpoints.includes("/v1/chat/completions"));
}

function modelsDevRows(provider: CatalogProvider, content: unknown): ReadonlyMap<string, Row> {
  const models = asRow(asRow(asRow(content)[provider.modelsDev ?? ""]).models);
  return new Map(
    Object.entries(models)
      .map(([id, value]) => [id, asRow(value)] as const)
      .filter(([, row]) => isTextOnly(asRow(row.modalities).output) && row.status !== "deprecated"),
  );
}

function openRouterRows({ openrouter }: CatalogProvider, content: unknown): ReadonlyMap<string, Row> {
  if (openrouter === undefined) return new Map();
  const prefix = openrouter === "" ? "" : `${openrouter}/`;
  return new Map(
    asRows(asRow(content).data)
      .filter((row) => typeof row.id === "string" && row.id.startsWith(prefix) && isTextOnly(outputsOf(row)))
      .map((row) => [String(row.id).slice(prefix.length), row] as const)
      // Aliases name another model every month, free variants are rationed, and the last are routers themselves.
      .filter(([id]) => !(id.startsWith("~") || id.endsWith(":free") || id.startsWith("openrouter/"))),
  );
}

const outputsOf = (row: Row) => asRow(row.architecture).output_modalities;
const isTextOnly = (outputs: unknown) => !Array.isArray(outputs) || (outputs.length === 1 && outputs[0] === "text");
