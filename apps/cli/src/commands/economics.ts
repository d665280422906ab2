import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { readLocalServer } from "@larder/api";
import { LarderError } from "@larder/contracts";
import type { EconomicsDocument } from "@larder/economics";
import { economicsPage, onePage, sensitivity, summariseSpeed } from "@larder/economics";
import { createOpenAiGenerator, discoverLocalProvider } from "@larder/generator-router";
import Table from "cli-table3";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import type { SpeedPlan, SpeedRun } from "../economics/measure-speed.ts";
import { measureSpeed, requestsOf } from "../economics/measure-speed.ts";
import type { BreakEvenGiven } from "../economics/profile.ts";
import { toBreakEvenBody } from "../economics/profile.ts";
import { exitCodes } from "../render/problem.ts";
import { requireWritable } from "../writable-file.ts";

/** `larder economics break-even`: the one page, from a profile of the machine and the workload. */
export async function breakEven(given: BreakEvenGiven, context: CommandContext): Promise<number> {
  requireWritable(given.html, "--html");
  const json = toBreakEvenBody(readText(given.profile), given);
  await using connection = await context.connect();
  const document = await sendForJson<EconomicsDocument>(connection, "/v1/economics/break-even", {
    method: "POST",
    json,
    signal: context.signal,
  });
  if (given.html !== undefined) writeFileSync(given.html, economicsPage(document));
  const text = given.tornado === true ? sensitivity : onePage;
  context.print(context.options.json ? JSON.stringify(document) : text(document));
  return exitCodes.ok;
}

export interface MeasureGiven {
  readonly provider: string;
  readonly baseUrl?: string;
  readonly model?: string;
  readonly concurrency: readonly number[];
  readonly rounds: number;
  readonly input: number;
  readonly output: number;
  readonly seconds: number;
  readonly dryRun: boolean;
}

/** `larder economics measure`: says what it will ask of the local server, asks it, and gives tokens a second. */
export async function measure(given: MeasureGiven, context: CommandContext): Promise<number> {
  const { id, baseUrl } = readLocalServer(process.env, given.provider, given.baseUrl);
  const call = { signal: context.signal };
  const today = new Date().toISOString().slice(0, 10);
  const setup = await discoverLocalProvider({ id, baseUrl, today }, call);
  const entry = given.model === undefined ? setup.models[0] : setup.models.find(({ model }) => model === given.model);
  if (entry === undefined) throw new LarderError("MODEL_NOT_FOUND", { details: { model: given.model ?? id } });
  const plan: SpeedPlan = {
    model: entry.model,
    concurrencies: given.concurrency,
    roundsEach: given.rounds,
    inputTokens: given.input,
    outputTokens: given.output,
    secondsMax: given.seconds,
  };
  const most = `${requestsOf(plan)} requests to ${entry.model} at ${new URL(setup.baseUrl).host}, about ${given.input} tokens in and at most ${given.output} out each, ${given.concurrency.join(" and ")} at once, for at most ${given.seconds} s; nothing goes anywhere else`;
  if (context.options.json) process.stderr.write(`${most}\n`);
  else context.print(most);
  if (given.dryRun) return exitCodes.ok;
  const generator = createOpenAiGenerator({ ...setup, clock: { nowMs: () => Date.now() } });
  try {
    const nowMs = () => performance.now();
    const run = await measureSpeed(generator, plan, { ...call, nowMs, nonce: () => randomUUID() });
    const quantization = entry.quantization ?? null;
    context.print(context.options.json ? JSON.stringify(toJson(run, entry.model, quantization)) : render(run));
  } finally {
    await generator.close();
  }
  return exitCodes.ok;
}

function toJson(run: SpeedRun, model: string, quantization: string | null) {
  const speeds = summariseSpeed(run.rounds);
  const measuredAt = new Date().toISOString();
  const [best] = speeds.filter(({ decode }) => decode !== null).toSorted((a, b) => (b.decode ?? 0) - (a.decode ?? 0));
  return {
    model,
    quantization,
    measured_at: measuredAt,
    /** As a profile's `local.tok_per_s` has it, at the concurrency that writes most. */
    tok_per_s:
      best === undefined || best.prefill === null
        ? null
        : { prefill: best.prefill, decode: best.decode, concurrency: best.concurrency, measured_at: measuredAt },
    requests: run.requests,
    failures: run.failures,
    cut_by_time: run.isCut,
    speeds: speeds.map((speed) => ({
      concurrency: speed.concurrency,
      answers: speed.answers,
      prefill_tok_per_s: speed.prefill,
      decode_tok_per_s: speed.decode,
      first_text_ms_p50: speed.firstTextMsP50,
      total_ms_p50: speed.totalMsP50,
    })),
  };
}

function render(run: SpeedRun): string {
  const head = ["at once", "answers", "read tokens/s", "written tokens/s", "first text, p50", "whole, p50"];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  const rate = (value: number | null) => (value === null ? "unknown" : value.toFixed(1));
  for (const speed of summariseSpeed(run.rounds)) {
    const times = [speed.firstTextMsP50, speed.totalMsP50].map((ms) => `${ms.toFixed(0)} ms`);
    table.push([speed.concurrency, speed.answers, rate(speed.prefill), rate(speed.decode), ...times]);
  }
  const notes = [
    ...(run.failures > 0
      ? [`${run.failures} of ${run.requests} answers failed or told no usage; they are in no figure`]
      : []),
    ...(run.isCut ? ["the time was over before all was asked"] : []),
  ];
  return [table.toString(), ...notes].join("\n");
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new LarderError("REQUEST_INVALID", { details: { problems: `profile: ${file} cannot be read` }, cause });
  }
}
