import type { BudgetScope, BudgetWindow, ReservationId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { nanoUsdColumn, wholeNumberColumn } from "./column-types.ts";

/** The knowledge base of a scope is no foreign key: a budget may outlive it, as what was spent does. */
export const budgets = sqliteTable(
  "budgets",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    /** `total`, `kb_…` or `key_…`. */
    scope: text().$type<BudgetScope>().notNull(),
    window: text().$type<BudgetWindow>().notNull(),
    limitNanoUsd: nanoUsdColumn("limit_nano_usd").notNull(),
  },
  (table) => [
    unique("budgets_scope_window").on(table.scope, table.window),
    check("budgets_window", sql`${table.window} in ('hour', 'day', 'month', 'ever')`),
    check("budgets_limit", sql`${table.limitNanoUsd} >= 0`),
  ],
);

const ofBudget = () =>
  wholeNumberColumn("budget_number")
    .notNull()
    .references(() => budgets.number, { onDelete: "cascade" });

/** What was settled in one window of a budget. */
export const budgetSpending = sqliteTable(
  "budget_spending",
  {
    budgetNumber: ofBudget(),
    /** Start of the window. */
    startMs: wholeNumberColumn("start_ms").notNull(),
    spentNanoUsd: nanoUsdColumn("spent_nano_usd").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.budgetNumber, table.startMs] }),
    check("budget_spending_spent", sql`${table.spentNanoUsd} >= 0`),
  ],
);

/**
 * What is set aside, one row for each budget that counts it. Gone once it is settled or released. Until `expires_at_ms`
 * the call is under way; from then on its bill is unknown and the row is a hold. A hold that was asked for expires at 0.
 */
export const budgetReservations = sqliteTable(
  "budget_reservations",
  {
    id: text().$type<ReservationId>().notNull(),
    budgetNumber: ofBudget(),
    /** Start of the window that it was reserved in, and is settled in. */
    startMs: wholeNumberColumn("start_ms").notNull(),
    amountNanoUsd: nanoUsdColumn("amount_nano_usd").notNull(),
    /** `provider/model`. */
    model: text().notNull(),
    reservedAtMs: wholeNumberColumn("reserved_at_ms").notNull(),
    expiresAtMs: wholeNumberColumn("expires_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.budgetNumber] }),
    index("budget_reservations_sum").on(table.budgetNumber, table.startMs, table.expiresAtMs, table.amountNanoUsd),
    check("budget_reservations_amount", sql`${table.amountNanoUsd} > 0`),
  ],
);
