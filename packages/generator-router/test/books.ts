import type { BudgetState, Budgets, ReservationId } from "@larder/contracts";
import { nanoUsd, zeroUsd } from "@larder/contracts";

export interface Books extends Budgets {
  /** Each amount that was reserved, in order. */
  readonly reserved: readonly bigint[];
  /** Each end, in order: `settle 7`, `hold`, `release`. */
  readonly ends: readonly string[];
  spent(): bigint;
}

/** One budget in memory that keeps its books as the real one does: a bill is spent in full, also beyond what was reserved. */
export function createBooks(limit: bigint): Books {
  const open = new Map<string, bigint>();
  const reserved: bigint[] = [];
  const ends: string[] = [];
  let spent = 0n;
  const state = (): BudgetState => {
    const taken = [...open.values()].reduce((sum, amount) => sum + amount, 0n);
    const left = nanoUsd(limit - spent - taken);
    const money = { limit: nanoUsd(limit), spent: nanoUsd(spent), held: zeroUsd, reserved: nanoUsd(taken), left };
    return { scope: "total", window: "ever", startMs: 0, ...money };
  };
  return {
    reserved,
    ends,
    spent: () => spent,
    bounding: async () => [state()],
    async reserve({ amount }) {
      const budget = state();
      if (budget.left < amount)
        return { kind: "exhausted", budget, leftAtMost: nanoUsd(budget.left + budget.reserved) };
      const id = `rsv_${reserved.push(amount)}` as ReservationId;
      open.set(id, amount);
      return { kind: "reserved", id };
    },
    async settle(id, cost) {
      ends.push(`settle ${cost}`);
      if (open.delete(id)) spent += cost;
    },
    async hold() {
      ends.push("hold");
    },
    async release(id) {
      ends.push("release");
      open.delete(id);
    },
  };
}
