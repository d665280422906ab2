import { openInProcess } from "@larder/api";
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
  readonly kb: string;
}

/** A server when one is named, else the whole of Larder inside this process on the data folder of the environment. */
export async function connect(options: GlobalOptions): Promise<Connection> {
  if (options.server !== undefined) return connectToServer(options.server, process.env.LARDER_API_KEY);
  const opened = await openInProcess(process.env);
  return connectInProcess(opened.fetch, opened.close);
}
