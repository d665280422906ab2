export { createSavingsCalculator, type SavingsSettings } from "./arms/savings-calculator.ts";
export { holdoutClustersMin } from "./estimates/holdout.ts";
export { summariseSavings } from "./estimates/summarise-savings.ts";
export { type PriceWatch, type PriceWatchOptions, type Reroute, watchPrices } from "./estimates/watch-prices.ts";
export { type CountCalibration, calibrateCounts } from "./reconcile/calibrate-counts.ts";
export { type InvoiceBucket, type InvoiceLine, invoiceBuckets } from "./reconcile/invoice-shapes.ts";
export { type Invoice, readInvoice } from "./reconcile/read-invoice.ts";
export {
  type Drift,
  type ReconciledLine,
  type Reconciliation,
  reconcileInvoice,
} from "./reconcile/reconcile-invoice.ts";
export { arrivalsWindowMs, createObservedArrivals } from "./traffic/observed-arrivals.ts";
