import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { exitCodes } from "../render/problem.ts";

/** `larder serve`: API and worker until Ctrl-C or SIGTERM. */
export async function serve(context: Pick<CommandContext, "print" | "signal">): Promise<number> {
  const { runServer } = await import("@larder/api"); // no other command waits for it to load
  const server = await runServer(process.env);
  context.print(`Larder listens on ${pc.bold(server.url)} · documentation at ${server.url}/docs`);
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    else context.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await server.close();
  return exitCodes.ok;
}
