import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { exitCodes } from "../render/problem.ts";

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

/** `larder doctor`: looks at every part and says what to do about what is wrong. */
export async function doctor(context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const { signal } = context;
  const response = await connection.send(new Request("http://localhost/health/ready", { signal }));
  const ready = (await response.json()) as { readonly parts: readonly Finding[] };
  const models = await sendForJson<{ data: readonly ModelRow[] }>(connection, "/v1/models", { signal });
  const findings = [nodeFinding(), ...ready.parts, providerFinding(models.data)];
  if (context.options.json) context.print(JSON.stringify({ findings }));
  else for (const finding of findings) context.print(renderFinding(finding));
  return findings.some(({ state }) => state === "down") ? exitCodes.failed : exitCodes.ok;
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
    return { name: "providers", state: "ok", detail: `${configured.length} models of ${providers.join(", ")}` };
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
