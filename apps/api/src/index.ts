export type { DecorateEmbedder, MeasurableLarder, TextReading } from "./compose.ts";
export { openRunJournals } from "./compose.ts";
export type { Larder } from "./larder.ts";
export { type InProcessLarder, type InProcessOptions, openInProcess } from "./open-in-process.ts";
export { readPricePlaces } from "./read-price-places.ts";
export { type RunningServer, runServer } from "./run-server.ts";
export { conductPrepared } from "./savings-runs/conduct-prepared.ts";
export { findModel, registerRun } from "./savings-runs/prepare-run.ts";
