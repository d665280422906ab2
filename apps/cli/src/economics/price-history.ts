import type { UsageTokens } from "@larder/contracts";
import { formatUsd, LarderError, noTokens } from "@larder/contracts";
import type { DatedCatalog, FittedDecline, PriceHistoryDocument, PriceMoves, PricePoint } from "@larder/economics";
import { constantQuality, fitDecline, movesOfCatalogs, sameSku, sameSlot } from "@larder/economics";
import { createPriceBook, readDatedCatalogs } from "@larder/generator-router";

export interface HistoryQuestion {
  readonly folder: string;
  /** Absent: the cheapest of the newest date at that quality. */
  readonly model?: string;
  readonly qualityMin: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface PriceHistory {
  readonly model: string | null;
  readonly document: PriceHistoryDocument;
  readonly fitted?: FittedDecline;
  readonly moves: PriceMoves;
  readonly dates: readonly string[];
  readonly sources: readonly string[];
}

/**
 * The three indices over a folder of dated catalogs, in dollars for one query of that size.
 * @throws {@link LarderError} `PRICES_INVALID`; `MODEL_NOT_FOUND` for a model that no catalog has
 */
export function readPriceHistory(question: HistoryQuestion): PriceHistory {
  const tokens: UsageTokens = { ...noTokens, inputFresh: question.inputTokens, outputText: question.outputTokens };
  const catalogs = readDatedCatalogs(question.folder).map(({ date, source, models }): DatedCatalog => {
    const book = createPriceBook(models, { today: date });
    return {
      date,
      source,
      prices: models.map(({ provider, model, quality, retiresOn }) => {
        const priced = book.price(provider, model, tokens);
        return {
          provider,
          model,
          quality,
          usdPerQuery: priced.kind === "priced" ? Number(formatUsd(priced.cost)) : null,
          ...(retiresOn !== undefined && { retiresOn }),
        };
      }),
    };
  });
  const index = constantQuality(catalogs, question.qualityMin);
  const model = question.model ?? index.at(-1)?.model;
  const sku = model === undefined ? [] : sameSku(catalogs, model);
  if (question.model !== undefined && sku.length === 0) {
    throw new LarderError("MODEL_NOT_FOUND", { details: { model: question.model } });
  }
  // The provider is the part before the first slash of what was found; a model's own name may hold slashes too.
  const [provider = "", ...rest] = (sku.at(-1)?.model ?? "").split("/");
  const slot = provider === "" ? [] : sameSlot(catalogs, provider, rest.join("/"));
  const fitted = fitDecline(index);
  return {
    model: sku.at(-1)?.model ?? null,
    document: { same_sku: sku.map(toPoint), same_slot: slot.map(toPoint), constant_quality: index.map(toPoint) },
    ...(fitted !== undefined && { fitted }),
    moves: movesOfCatalogs(catalogs),
    dates: [...new Set(catalogs.map(({ date }) => date))],
    sources: [...new Set(catalogs.map(({ source }) => source))],
  };
}

const toPoint = ({ date, usdPerQuery, model, source }: PricePoint) => ({
  date,
  usd_per_query: usdPerQuery.toFixed(9),
  model,
  source,
});
