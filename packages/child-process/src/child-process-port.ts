import type { Call, LarderError } from "@larder/contracts";

export interface ChildProcessOptions {
  /** For errors and health. */
  readonly name: string;
  /** See {@link entryUrl}. Its module calls {@link serveRequests}. */
  readonly entry: URL;
  readonly args?: readonly string[];
  /** The child sees only these variables. @defaultValue none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Added to its nice value: the system gives it less of a busy processor than others. @defaultValue 0 */
  readonly niceness?: number;
  /** Bound of V8's old space. */
  readonly heapBytesMax?: number;
  /** Killed above this with `memoryError`; looked at every 100 ms while it works. Linux only. */
  readonly residentBytesMax?: number;
  /** What pending requests reject with when `residentBytesMax` is passed. */
  readonly memoryError?: () => LarderError;
  /**
   * `eager`: started again by itself, with back-off, when it ends. `on-demand`: started by the next request.
   * @defaultValue "eager"
   */
  readonly restart?: "eager" | "on-demand";
  /** Wait before the second start in a row; doubles up to `restartDelayMsMax`. @defaultValue 100 */
  readonly restartDelayMsMin?: number;
  /** @defaultValue 5000 */
  readonly restartDelayMsMax?: number;
  /** A child that is not ready by then is killed. @defaultValue 60000 */
  readonly startTimeoutMs?: number;
  /**
   * Opens a second channel for requests of raw bytes, see {@link ChildProcess.requestFrame}. Its module calls
   * {@link serveFrames} besides. @defaultValue no such channel
   */
  readonly frames?: { readonly bodyBytesMax?: number };
  /** Told of what the child writes to standard error, as it comes: its log, or a crash's last words. */
  readonly onOutput?: (text: string) => void;
  /** Runs after every start, before any other request: loads the model, opens the index. */
  readonly onStart?: (request: StartRequest) => Promise<void>;
}

/** Sends a request to the child that is being started. */
export type StartRequest = (method: string, payload: unknown) => Promise<unknown>;

export type ChildProcessState = "stopped" | "starting" | "ready" | "restarting" | "closed";

/** One supervised child behind a typed request channel. */
export interface ChildProcess extends AsyncDisposable {
  readonly state: ChildProcessState;
  /** Of the running child. */
  readonly pid: number | undefined;
  /** How often it was started. */
  readonly starts: number;
  /** Physical memory of the running child; `undefined` where it cannot be told. Linux only. */
  residentBytes(): Promise<number | undefined>;
  /** Resolves when the child is ready; rejects with what `onStart` threw, or when it cannot be started. */
  start(call: Call): Promise<void>;
  /**
   * Starts the child if need be, sends, and waits for the reply. Never retries.
   * @throws {@link LarderError} what the handler threw; `CHILD_PROCESS_ENDED` when the child ended first
   */
  request(method: string, payload: unknown, call: Call): Promise<unknown>;
  /**
   * Like {@link request}, by the channel of `frames`: parts of a body out, the reply's body back, without a serialiser.
   * @throws {@link LarderError} as {@link request}
   */
  requestFrame(method: number, parts: readonly Uint8Array[], call: Call): Promise<Uint8Array<ArrayBuffer>>;
  /** SIGKILL; pending requests reject with `reason`. */
  kill(reason: LarderError): void;
  close(): Promise<void>;
}
