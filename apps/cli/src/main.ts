#!/usr/bin/env node
import { runCommandLine } from "./run-command-line.ts";

// A reader such as `head` that has enough is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2));
