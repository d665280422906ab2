export type { DecorateEmbedder, MeasurableLarder, TextReading } from "./compose.ts";
export type { Larder } from "./larder.ts";
export { type InProcessLarder, type InProcessOptions, openInProcess } from "./open-in-process.ts";
export { openPriceRecords, type PriceRecords } from "./open-price-records.ts";
export { type LocalServerPlace, readLocalServer } from "./read-local-server.ts";
export { readPricePlaces } from "./read-price-places.ts";
export { type RunningServer, runServer } from "./run-server.ts";
