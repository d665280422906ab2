import { LarderError } from "@larder/contracts";
import { readPriceHistory } from "./price-history.ts";

export interface BreakEvenGiven {
  readonly profile: string;
  readonly queries?: number;
  readonly opsHours?: number;
  readonly rate?: number;
  /** `fit`, or a factor a year; 0 and 1 are flat. */
  readonly decline?: string;
  readonly history?: string;
  readonly compare?: string;
  readonly minQuality?: number;
  readonly mc?: number;
  readonly seed?: number;
  readonly html?: string;
  readonly tornado?: boolean;
}

type Part = Readonly<Record<string, unknown>>;

/** Jumps from which on the catalogs' own are drawn from; fewer say too little of how prices move. */
const jumpsMin = 3;
/** The size of a query where the profile has none, as `larder prices history` takes it. */
const sizeDefault = { input: 4_600, output: 300 };

/**
 * The body of the request: the profile, with what the options say in its place. The server checks it whole.
 * @throws {@link LarderError} `REQUEST_INVALID`, `PRICES_INVALID`
 */
export function toBreakEvenBody(text: string, given: BreakEvenGiven): Part {
  const profile = parseProfile(text);
  const local = {
    ...partOf(profile.local),
    ...only({ ops_hours_per_month: given.opsHours, rate_usd_per_h: given.rate }),
  };
  const workload = { ...partOf(profile.workload), ...only({ queries_per_month: given.queries }) };
  const minQuality = given.minQuality ?? profile.min_quality;
  return {
    ...profile,
    local,
    workload,
    ...only({
      min_quality: minQuality,
      compare: given.compare,
      draws: given.mc,
      seed: given.seed,
      decline: given.decline === undefined ? undefined : declineOf(given.decline),
    }),
    ...(given.history !== undefined &&
      historyOf(given.history, workload, minQuality, given.compare ?? profile.compare)),
  };
}

function historyOf(folder: string, workload: Part, minQuality: unknown, compare: unknown): Part {
  const isNamed = typeof compare === "string" && compare !== "cheapest-capable";
  const history = readPriceHistory({
    folder,
    ...(isNamed && { model: compare }),
    qualityMin: typeof minQuality === "number" ? minQuality : 0,
    inputTokens: numberOr(workload.in_tok_per_q, sizeDefault.input),
    outputTokens: numberOr(workload.out_tok_per_q, sizeDefault.output),
  });
  const { logRatios, months, source } = history.moves;
  return {
    price_history: history.document,
    ...(logRatios.length >= jumpsMin && { price_moves: { log_ratios: logRatios, months, source } }),
  };
}

function declineOf(text: string): unknown {
  if (text === "fit") return text;
  const factor = Number(text);
  if (text.trim() === "" || !Number.isFinite(factor))
    throw invalid("decline: must be fit or a factor a year, such as 5");
  return { x_per_year: factor === 0 ? 1 : factor };
}

function parseProfile(text: string): Part {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch (cause) {
    throw invalid("profile: is not JSON", cause);
  }
  throw invalid("profile: must be an object");
}

const invalid = (problems: string, cause?: unknown) =>
  new LarderError("REQUEST_INVALID", { details: { problems }, ...(cause !== undefined && { cause }) });
const partOf = (value: unknown): Part => (typeof value === "object" && value !== null ? { ...value } : {});
const numberOr = (value: unknown, otherwise: number) =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : otherwise;
const only = (options: Part): Part =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
