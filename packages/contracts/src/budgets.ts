import type { Brand } from "./brand.ts";
import type { Call } from "./call.ts";
import type { KnowledgeBaseId, ReservationId } from "./ids.ts";
import { isId } from "./ids.ts";
import type { NanoUsd } from "./money.ts";

/** Names an API key without telling it: `key_` and 32 hexadecimal digits of its SHA-256. */
export type CallerKeyId = Brand<string, "CallerKeyId">;

/** Whose spending a budget bounds: everybody's together, one knowledge base's, one API key's. */
export type BudgetScope = "total" | KnowledgeBaseId | CallerKeyId;

/** UTC hours, days and months of the calendar, each of which begins with nothing spent; or one that never ends. */
export const budgetWindows = ["hour", "day", "month", "ever"] as const;
export type BudgetWindow = (typeof budgetWindows)[number];

export function isCallerKeyId(text: string): text is CallerKeyId & string {
  return /^key_[0-9a-f]{32}$/.test(text);
}

/** @returns `undefined` when `text` has the shape of no scope */
export function readBudgetScope(text: string): BudgetScope | undefined {
  if (text === "total" || isCallerKeyId(text) || isId("knowledgeBase", text)) return text;
  return undefined;
}

/** When the window that holds `ms` began, and when it ends; the one without an end began at 0. */
export function windowAround(window: BudgetWindow, ms: number): { readonly startMs: number; readonly endMs?: number } {
  const at = new Date(ms);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  switch (window) {
    case "hour": {
      const startMs = Date.UTC(year, month, day, at.getUTCHours());
      return { startMs, endMs: startMs + 3_600_000 };
    }
    case "day":
      return { startMs: Date.UTC(year, month, day), endMs: Date.UTC(year, month, day + 1) };
    case "month":
      return { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) };
    case "ever":
      return { startMs: 0 };
  }
}

/** A limit on what providers may bill in a window, counted from when the budget was made. */
export interface Budget {
  readonly scope: BudgetScope;
  readonly window: BudgetWindow;
  readonly limit: NanoUsd;
}

/** A budget in the window of now. `limit = spent + held + reserved + left`. */
export interface BudgetState extends Budget {
  readonly startMs: number;
  /** Absent for `ever`. */
  readonly endMs?: number;
  /** Settled: what providers told that they took. */
  readonly spent: NanoUsd;
  /** Of calls whose bill nobody knows, in full: it never comes back within its window. */
  readonly held: NanoUsd;
  /** Of calls under way. */
  readonly reserved: NanoUsd;
  /** Below zero when a call took more than was reserved for it, or the limit was lowered. */
  readonly left: NanoUsd;
}

/** Money that one attempt may take. */
export interface ReservationRequest {
  /** Besides the total's, the budgets of these count it. */
  readonly payers: readonly BudgetScope[];
  /** Above zero: what costs nothing needs no reservation. */
  readonly amount: NanoUsd;
  /** `provider/model`. */
  readonly model: string;
}

export type ReservationResult =
  /** No budget bounds these payers. */
  | { readonly kind: "unbounded" }
  | { readonly kind: "reserved"; readonly id: ReservationId }
  /** `budget`: the one with the least left. `leftAtMost`: what would be left if every call under way took nothing. */
  | { readonly kind: "exhausted"; readonly budget: BudgetState; readonly leftAtMost: NanoUsd };

/**
 * Money set aside before a provider is asked, so that calls at the same time, in any number of processes, cannot take
 * more than there is. Every reservation ends in exactly one of three ways; a second ending changes nothing, save that
 * a bill which becomes known settles what was held. One that nobody ends, because its process died, counts as held
 * once its time is over: it is never given back.
 */
export interface Budgets {
  /** Every budget that counts what these payers spend, the total's included, in the window of now. Reserves nothing. */
  bounding(payers: readonly BudgetScope[], call: Call): Promise<readonly BudgetState[]>;
  /** Of every budget that counts it or of none, at any concurrency. */
  reserve(request: ReservationRequest, call: Call): Promise<ReservationResult>;
  /** The bill is known: it is spent, also where it is more than was reserved, and the rest is free again. */
  settle(id: ReservationId, cost: NanoUsd, call: Call): Promise<void>;
  /** Nobody knows the bill: all of it stays taken. */
  hold(id: ReservationId, call: Call): Promise<void>;
  /** Surely nothing was billed. */
  release(id: ReservationId, call: Call): Promise<void>;
}

export interface BudgetStore extends Budgets {
  /** By scope, then window from short to long. */
  budgets(call: Call): Promise<readonly BudgetState[]>;
  /** Makes it, or changes its limit and keeps what was spent. */
  putBudget(budget: Budget, call: Call): Promise<BudgetState>;
  /** With all that it counted. @throws {@link LarderError} `BUDGET_NOT_FOUND` */
  removeBudget(scope: BudgetScope, window: BudgetWindow, call: Call): Promise<void>;
}
