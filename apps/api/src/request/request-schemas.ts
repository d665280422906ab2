import { z } from "@hono/zod-openapi";
import type { JsonValue, Metadata, NanoUsd, Policy, Turn } from "@larder/contracts";
import { LarderError, nanoUsd, parseUsd } from "@larder/contracts";
import type { ApiLimits } from "../api-settings.ts";

/** Shapes of what is sent, shared by several routes. Objects are strict: a misspelt name is told, not ignored. */

const usdMax = nanoUsd(1_000_000_000_000_000n); // a million dollars: far above any answer, far below trouble

const controlCharacters = /[\p{Cc}\p{Cf}]/u;

/** A name or title: one line, no invisible characters. */
export function lineOfText(charactersMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(charactersMax)
    .refine((text) => !controlCharacters.test(text), "holds control or invisible characters");
}

/** Any JSON: `parseStrictJson` has already looked through it. */
export const jsonValue = z.custom<JsonValue>();

/** An external id as it may be asked for: of a file of an archive it has the path there behind the archive's own. */
export const externalIdText = z.string().min(1).max(8_192);

/** An object of the sender's own, bounded by its size as JSON. */
export function freeObject(bytesMax: number) {
  return z
    .record(z.string(), jsonValue)
    .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= bytesMax, `is larger than ${bytesMax} bytes as JSON`)
    .transform((value): Metadata => value);
}

/** A whole number in a query string. */
function wholeNumberText(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be ${min} to ${max}`)
    .openapi({ type: "integer", minimum: min, maximum: max });
}

export function pageQuery(limits: ApiLimits) {
  return {
    limit: wholeNumberText(1, limits.listLimitMax).default(limits.listLimitDefault),
    cursor: z.string().min(1).max(512).optional().describe("`next_cursor` of the page before."),
  };
}

export function waitQuery(limits: ApiLimits) {
  return wholeNumberText(0, limits.waitMsMax)
    .default(0)
    .describe("Wait until every document is ready or failed, at most this long.");
}

/** `30d`, `12h`, `90m`, as milliseconds. */
export const windowText = z
  .string()
  .regex(/^[1-9]\d{0,4}[mhd]$/, "must be a number from 1 to 99999 followed by m, h or d, such as 30d")
  .default("30d")
  .transform((text) => Number(text.slice(0, -1)) * ({ m: 60_000, h: 3_600_000 }[text.slice(-1)] ?? 86_400_000));

export const knowledgeBaseFilter = z.string().max(64).optional().describe("Only this knowledge base, by id.");

export const usdAmount = z
  .union([z.string().max(40), z.number()], "must be dollars as a number or decimal text")
  .transform((sent, context): NanoUsd => {
    const parsed = parseUsd(String(sent));
    if (parsed !== undefined && parsed >= 0n && parsed <= usdMax) return parsed;
    context.addIssue("must be an amount of dollars from 0 to 1000000");
    return z.NEVER;
  });

const capability = z.enum(["json_schema", "json_object", "tools", "vision", "reasoning", "system_prompt"]);
export const needsSchema = z.array(capability).max(6);
const names = z.array(z.string().min(1).max(200)).max(100);

/** What the caller allows and wants. */
export const policySchema = z
  .strictObject({
    persona: z.enum(["cost_min", "risk_hedge", "specialist", "sovereign"]).optional(),
    max_cost_usd: usdAmount.optional(),
    providers: names.optional(),
    models: names.optional().describe("As `model` or `provider/model`."),
    regions: names.optional(),
    local_only: z.boolean().optional(),
    needs: needsSchema.optional(),
    min_quality: z.number().min(0).max(1).optional(),
    deadline_ms: z.int().min(1).max(86_400_000).optional(),
    batch_ok: z.boolean().optional(),
    escalate: z
      .boolean()
      .optional()
      .describe(
        "Ask a better model once when the answer is not supported by its evidence. The text is held back until it was " +
          "verified. Default: true without `stream`, where nothing is lost by it, and false with it.",
      ),
  })
  .optional();

export function toPolicy(sent: z.output<typeof policySchema>): Policy {
  if (sent === undefined) return {};
  return withoutUndefined<Policy>({
    persona: sent.persona,
    costMax: sent.max_cost_usd,
    providers: sent.providers,
    models: sent.models,
    regions: sent.regions,
    isLocalOnly: sent.local_only,
    needs: sent.needs,
    qualityMin: sent.min_quality,
    deadlineMs: sent.deadline_ms,
    isBatchAllowed: sent.batch_ok,
    isEscalationAllowed: sent.escalate,
  });
}

/** The same object without names whose value is undefined: absent and undefined are two things to our types. */
export function withoutUndefined<T extends object>(value: { readonly [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}

export function tokenBudgetSchema(tokensMax: number) {
  return z.union([z.literal("auto"), z.int().min(1).max(tokensMax)]);
}

/** Earlier turns of a conversation. */
export function historySchema({ historyTurnsMax, questionCharactersMax, historyAnswerCharactersMax }: ApiLimits) {
  const turn = z.strictObject({
    question: z.string().max(questionCharactersMax),
    answer: z.string().max(historyAnswerCharactersMax).optional(),
  });
  return z
    .array(turn)
    .max(historyTurnsMax)
    .optional()
    .describe(
      "Earlier turns, oldest first. A question that does not stand alone is searched with what they were about.",
    );
}

export function toHistory(sent: z.output<ReturnType<typeof historySchema>>): { readonly history?: readonly Turn[] } {
  return sent === undefined
    ? {}
    : { history: sent.map((turn) => withoutUndefined<Turn>({ answer: undefined, ...turn })) };
}

/** @throws {@link LarderError} `QUERY_EMPTY` for nothing but spaces and invisible characters */
export function requireVisible(text: string): void {
  if (!/[^\s\p{Cc}\p{Cf}\p{Cn}\p{Zs}]/u.test(text)) throw new LarderError("QUERY_EMPTY");
}
