import type { BudgetScope } from "@larder/contracts";

/** Each of many budgets that several processes race for. */
export const scopeOf = (index: number): BudgetScope => `kb_${String(index).padStart(10, "0")}` as BudgetScope;
