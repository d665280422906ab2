/** Token budgets at which evidence recall is measured, each twice the one before. */
export const tokenBudgets = [256, 512, 1_024, 2_048, 4_096, 8_192, 16_384] as const;
