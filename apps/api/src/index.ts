export type { Larder } from "./larder.ts";
export { type InProcessLarder, openInProcess } from "./open-in-process.ts";
export { type RunningServer, runServer } from "./run-server.ts";
