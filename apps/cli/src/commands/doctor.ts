import { LarderError } from "@larder/contracts";
import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import type { Connection } from "../connection.ts";
import { connectToServer, sendForJson } from "../connection.ts";
import { exitCodes, problemOf } from "../render/problem.ts";
import { counted } from "../render/words.ts";

interface ModelRow {
  readonly provider: string;
  readonly model: string;
  readonly configured: boolean;
}

export interface Finding {
  readonly name: string;
  readonly state: "ok" | "degraded" | "down" | "off";
  readonly detail: string;
}

const nodeMajorMin = 20;

export interface DoctorGiven {
  /** Also has the vector index compared with the database. */
  readonly audit: boolean;
}

interface AuditBody {
  readonly knowledge_base_id: string;
  readonly outcome: "sound" | "damaged" | "unsettled" | "unavailable";
  readonly vectors: number | null;
  readonly recall_at_10: number | null;
  readonly problems: readonly string[];
}

/** `larder doctor`: looks at every part that it can reach and says what to do about what is wrong. */
export async function doctor(given: DoctorGiven, context: CommandContext): Promise<number> {
  const findings = [nodeFinding(), ...(await findingsOfParts(given, context))];
  if (context.options.json) context.print(JSON.stringify({ findings }));
  else for (const finding of findings) context.print(renderFinding(finding));
  return findings.some(({ state }) => state === "down") ? exitCodes.failed : exitCodes.ok;
}

async function findingsOfParts(given: DoctorGiven, context: CommandContext): Promise<readonly Finding[]> {
  try {
    await using connection = await context.connect();
    return await askParts(given, connection, context.signal);
  } catch (thrown) {
    context.signal.throwIfAborted();
    const { code, title, detail, hint } = problemOf(thrown);
    if (LarderError.is(thrown) && code === "DATA_DIR_IN_USE") return askHolder(given, detail ?? "", context.signal);
    const words = [title, detail?.replaceAll("\n  ", "; "), hint].filter((part) => part !== undefined);
    return [{ name: "larder", state: "down", detail: `${words.join(" · ")} (${code})` }];
  }
}

/** Whoever holds the data folder is most likely a server at the usual address: it can tell of itself. */
async function askHolder(given: DoctorGiven, held: string, signal: AbortSignal): Promise<readonly Finding[]> {
  const url = `http://127.0.0.1:${process.env.LARDER_PORT?.trim() || "8787"}`;
  try {
    await using connection = connectToServer(url, process.env.LARDER_API_KEY);
    const parts = await askParts(given, connection, signal);
    return [{ name: "data folder", state: "ok", detail: `${held}; what follows the server at ${url} says` }, ...parts];
  } catch {
    signal.throwIfAborted();
    const detail = `${held}; stop that process, or name its address with --server to see its parts`;
    return [{ name: "data folder", state: "degraded", detail }];
  }
}

async function askParts(
  { audit }: DoctorGiven,
  connection: Connection,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const response = await connection.send(new Request("http://localhost/health/ready", { signal }));
  const ready = (await response.json()) as { readonly parts: readonly Finding[] };
  const models = await sendForJson<{ data: readonly ModelRow[] }>(connection, "/v1/models", { signal });
  const audits = audit
    ? await sendForJson<{ data: readonly AuditBody[] }>(connection, "/v1/index/audits", { method: "POST", signal })
    : { data: [] };
  return [...ready.parts, providerFinding(models.data), ...audits.data.map(auditFinding)];
}

function auditFinding({ knowledge_base_id, outcome, vectors, recall_at_10, problems }: AuditBody): Finding {
  const name = `index of ${knowledge_base_id}`;
  if (outcome === "sound") {
    const detail = `agrees with the database: ${counted(vectors ?? 0, "vector")}, recall@10 ${recall_at_10?.toFixed(3)}`;
    return { name, state: "ok", detail };
  }
  const words = {
    damaged: `differs from the database and is being made anew: ${problems.join("; ")}`,
    unsettled: "could not be compared: documents come and go; ask again when they do not",
    unavailable: `could not be compared: ${problems.join("; ")}`,
  }[outcome];
  return { name, state: "degraded", detail: words };
}

function nodeFinding(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  const detail = `Node ${process.versions.node}`;
  if (major >= nodeMajorMin) return { name: "node", state: "ok", detail };
  return { name: "node", state: "down", detail: `${detail}: install Node ${nodeMajorMin} or newer` };
}

function providerFinding(models: readonly ModelRow[]): Finding {
  const configured = models.filter((model) => model.configured);
  if (configured.length > 0) {
    const providers = [...new Set(configured.map((model) => model.provider))];
    const detail = `${counted(configured.length, "model")} of ${providers.join(", ")}`;
    return { name: "providers", state: "ok", detail };
  }
  const detail =
    "no provider: answers are quoted from the evidence. Set OPENAI_API_KEY or another provider's key, " +
    "LARDER_LOCAL_BASE_URL for a local server, or LARDER_PROVIDERS_FILE";
  return { name: "providers", state: "off", detail };
}

function renderFinding({ name, state, detail }: Finding): string {
  const mark = { ok: pc.green("ok"), degraded: pc.yellow("degraded"), down: pc.red("down"), off: pc.dim("off") }[state];
  return `${mark.padEnd(8)} ${pc.bold(name)}: ${detail}`;
}
