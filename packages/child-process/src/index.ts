export { openChildProcess } from "./child-process.ts";
export type { ChildProcess, ChildProcessOptions, ChildProcessState, StartRequest } from "./child-process-port.ts";
export { entryUrl } from "./entry-url.ts";
export { orAbort } from "./or-abort.ts";
export { requestTwice, type SecondAsking } from "./request-twice.ts";
export { type FrameHandler, type ServeFramesOptions, serveFrames } from "./serve-frames.ts";
export { type RequestHandler, serveRequests } from "./serve-requests.ts";
