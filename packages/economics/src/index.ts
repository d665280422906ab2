export {
  type EconomicsDocument,
  economicsDocument,
  type PriceHistoryDocument,
  priceHistoryForm,
} from "./document/economics-document.ts";
export { economicsPage } from "./document/economics-page.ts";
export { onePage, sensitivity } from "./document/one-page.ts";
export { type DocumentExtras, toEconomicsDocument } from "./document/to-economics-document.ts";
export { type DatedPrice, type FittedDecline, fitDecline, isLongEnough } from "./history/fit-decline.ts";
export { constantQuality, sameSku, sameSlot } from "./history/price-indices.ts";
export { movesOfCatalogs, movesOfIndex, type PriceMoves, publishedMovesOn } from "./history/price-moves.ts";
export { type CatalogPrice, type DatedCatalog, nameOf, type PricePoint } from "./history/price-point.ts";
export { declineOfFactor } from "./model/decline.ts";
export { decideEconomics, type EconomicsReport } from "./plan/decide-economics.ts";
export type {
  ApiOption,
  Basis,
  BlockedOption,
  Decline,
  EconomicsInputs,
  LatencyTerms,
  LocalMachine,
  PolicyTerms,
  RiskTerms,
  Salvage,
  Workload,
} from "./plan/inputs.ts";
export { type LocalObservation, type QuantisationRow, quantisationRows } from "./speed/quantisation-rows.ts";
export { type MeasuredSpeed, type SpeedRound, type SpeedSample, summariseSpeed } from "./speed/speed-samples.ts";
