import { LarderError } from "@larder/contracts";
import type { Connection } from "./connection.ts";
import { connectInProcess, connectToServer } from "./connection.ts";

/** What every command is given. */
export interface CommandContext {
  readonly signal: AbortSignal;
  readonly options: GlobalOptions;
  /** Result for a program or a person, on standard output. */
  print(text: string): void;
  /** A person watches: colours, bars and streamed text make sense. */
  readonly isTerminal: boolean;
  /** Opens the Larder that the options name; the caller disposes it. */
  connect(): Promise<Connection>;
}

export interface GlobalOptions {
  readonly server?: string;
  readonly json: boolean;
  /** Absent: the only knowledge base there is, or the one named "default". */
  readonly kb?: string;
}

export function isServerUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** A server when one is named, else the whole of Larder inside this process on the data folder of the environment. */
export async function connect(options: GlobalOptions): Promise<Connection> {
  if (options.server !== undefined && !isServerUrl(options.server)) {
    throw new LarderError("CONFIG_INVALID", { details: { problems: "LARDER_SERVER: must be an address of a server" } });
  }
  if (options.server !== undefined) return connectToServer(options.server, process.env.LARDER_API_KEY);
  const { openInProcess } = await import("@larder/api"); // loading all of Larder takes most of a client's time
  const opened = await openInProcess(process.env);
  return connectInProcess(opened.fetch, opened.close);
}
