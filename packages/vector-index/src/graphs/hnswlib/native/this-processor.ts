import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** What a build for one processor depends on. Code for another one may end the process with an illegal instruction. */
export interface Processor {
  readonly name: string;
  /** Hash of the name and, where the system tells them, of the instructions it knows. */
  readonly id: string;
}

export function thisProcessor(): Processor {
  const name = cpus()[0]?.model.trim() || "unknown processor";
  const known = `${process.platform} ${process.arch} ${name} ${instructionSets()}`;
  return { name, id: createHash("sha256").update(known).digest("hex") };
}

/** Linux lists them; elsewhere the name has to do. */
function instructionSets(): string {
  try {
    const [, flags = ""] = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8")) ?? [];
    return flags.split(" ").toSorted().join(" ");
  } catch {
    return "";
  }
}
