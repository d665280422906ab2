import { commandLineErrors } from "@larder/contracts";
import type { CommanderError } from "commander";
import { ProblemReply } from "./connection.ts";

/** A command line that asks for what there is not: an option, an argument, a value. */
export function commandInvalid(detail: string): ProblemReply {
  const { meaning: title, hint } = commandLineErrors.COMMAND_INVALID;
  return new ProblemReply({ code: "COMMAND_INVALID", title, status: 400, detail, hint });
}

/** What commander says of it, without its own mark in front. */
export function fromCommander({ message }: CommanderError): ProblemReply {
  return commandInvalid(message.replace(/^error: /, "").replaceAll("\n", " "));
}
