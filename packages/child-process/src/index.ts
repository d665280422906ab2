export {
  type ChildProcess,
  type ChildProcessOptions,
  type ChildProcessState,
  openChildProcess,
  type StartRequest,
} from "./child-process.ts";
export { entryUrl } from "./entry-url.ts";
export { requestTwice, type SecondAsking } from "./request-twice.ts";
export { type RequestHandler, serveRequests } from "./serve-requests.ts";
