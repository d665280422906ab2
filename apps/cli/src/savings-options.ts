import { InvalidArgumentError } from "commander";

/** `larder savings measure`, as it was typed. */
export interface MeasureGiven {
  readonly set?: string;
  readonly generate?: number;
  readonly data?: string;
  readonly sets?: readonly string[];
  readonly maxQuestions?: number;
  readonly arms?: readonly string[];
  readonly model?: string;
  readonly quality?: string;
  readonly judge?: string;
  readonly budgets: readonly number[];
  readonly primaryBudget?: number;
  readonly margin: number;
  readonly runs: number;
  readonly seed: number;
  readonly maxOutput: number;
  readonly maxSpend?: string;
  readonly dryRun: boolean;
  readonly html?: string;
  readonly out?: string;
  readonly cache?: string;
}

/** `512,1k,2k`: k is 1,024, as for budgets everywhere. */
export function tokenList(text: string): readonly number[] {
  return text.split(",").map(tokenCount);
}

export function tokenCount(text: string): number {
  const [, digits, thousands] = /^(\d+)(k?)$/i.exec(text.trim()) ?? [];
  const value = Number(digits) * (thousands === "" ? 1 : 1_024);
  if (digits === undefined || value < 1) throw new InvalidArgumentError("Tokens are whole numbers such as 512 or 4k.");
  return value;
}

export function names(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim().replaceAll("-", "_"));
}

export function shareOfOne(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1))
    throw new InvalidArgumentError("It must be a share between 0 and 1: 0.02 is two points.");
  return value;
}
