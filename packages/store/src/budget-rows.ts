import type { BudgetState, BudgetStore, NanoUsd, ReservationId } from "@larder/contracts";
import { budgetWindows, LarderError, nanoUsd, windowAround, zeroUsd } from "@larder/contracts";
import { and, asc, eq, inArray, sql, sum } from "drizzle-orm";
import { budgetReservations, budgetSpending, budgets } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

export interface BudgetOptions {
  /**
   * A reservation that nobody ended counts as held then: its process died. Longer than any attempt may take.
   * @defaultValue 10 minutes
   */
  readonly reservationMs?: number;
}

/**
 * Budgets in the database that every process has open. A reservation is one immediate transaction: what is left is read
 * and taken under the write lock, so no other process comes between. Where nothing bounds the payers, or too little is
 * left, a read is enough and nobody is held up.
 *
 * @param context - On a connection with safe integers: sums of money pass through no double.
 */
export function createBudgetRows(
  { connection, read, write, clock, ids }: StoreContext,
  { reservationMs = 600_000 }: BudgetOptions = {},
): BudgetStore {
  const ofReservation = (id: ReservationId) => eq(budgetReservations.id, id);

  // Where there is no budget at all, which is usual, one prepared look is a tenth of the work of reading them.
  const anyBudget = connection.client.prepare("select 1 from budgets limit 1").pluck();

  return {
    async bounding(payers, call) {
      call.signal.throwIfAborted();
      if (anyBudget.get() === undefined) return [];
      return read(call, (queries) => {
        const nowMs = clock.nowMs();
        return budgetsOf(queries, ["total", ...payers]).map((row) => stateOf(queries, row, nowMs));
      });
    },
    async reserve({ payers, amount, model }, call) {
      call.signal.throwIfAborted();
      if (anyBudget.get() === undefined) return { kind: "unbounded" };
      const look = (queries: Queries) => {
        const nowMs = clock.nowMs();
        const bounds = budgetsOf(queries, ["total", ...payers]).map((row) => ({
          row,
          state: stateOf(queries, row, nowMs),
        }));
        const [tightest] = bounds.toSorted((a, b) => compare(a.state.left, b.state.left));
        return {
          nowMs,
          bounds,
          tightest: tightest?.state,
          isEnough: bounds.every(({ state }) => state.left >= amount),
        };
      };
      const { tightest, bounds, isEnough } = read(call, look);
      if (tightest === undefined) return { kind: "unbounded" };
      if (!isEnough) return { kind: "exhausted", budget: tightest, leftAtMost: leftAtMost(bounds) };
      return write(call, (queries) => {
        const now = look(queries);
        if (now.tightest === undefined) return { kind: "unbounded" };
        if (!now.isEnough) return { kind: "exhausted", budget: now.tightest, leftAtMost: leftAtMost(now.bounds) };
        const id = ids.next("reservation");
        const times = { reservedAtMs: now.nowMs, expiresAtMs: now.nowMs + reservationMs };
        for (const { row, state } of now.bounds) {
          const place = { budgetNumber: Number(row.number), startMs: state.startMs };
          queries
            .insert(budgetReservations)
            .values({ id, ...place, amountNanoUsd: amount, model, ...times })
            .run();
        }
        return { kind: "reserved", id };
      });
    },
    async settle(id, cost, call) {
      write(call, (queries) => {
        const places = queries.select().from(budgetReservations).where(ofReservation(id)).all();
        for (const { budgetNumber, startMs } of places) {
          queries
            .insert(budgetSpending)
            .values({ budgetNumber, startMs, spentNanoUsd: cost })
            .onConflictDoUpdate({
              target: [budgetSpending.budgetNumber, budgetSpending.startMs],
              set: { spentNanoUsd: sql`${budgetSpending.spentNanoUsd} + excluded.spent_nano_usd` },
            })
            .run();
        }
        queries.delete(budgetReservations).where(ofReservation(id)).run();
      });
    },
    async hold(id, call) {
      write(call, (queries) => {
        queries.update(budgetReservations).set({ expiresAtMs: 0 }).where(ofReservation(id)).run();
      });
    },
    async release(id, call) {
      write(call, (queries) => {
        queries.delete(budgetReservations).where(ofReservation(id)).run();
      });
    },
    async budgets(call) {
      return read(call, (queries) => {
        const rows = queries.select().from(budgets).orderBy(asc(budgets.scope)).all();
        const states = rows.map((row) => stateOf(queries, row, clock.nowMs()));
        return states.toSorted((a, b) => (a.scope === b.scope ? length(a) - length(b) : a.scope < b.scope ? -1 : 1));
      });
    },
    async putBudget({ scope, window, limit }, call) {
      return write(call, (queries) => {
        const row = queries
          .insert(budgets)
          .values({ scope, window, limitNanoUsd: limit })
          .onConflictDoUpdate({ target: [budgets.scope, budgets.window], set: { limitNanoUsd: limit } })
          .returning()
          .get();
        return stateOf(queries, row, clock.nowMs());
      });
    },
    async removeBudget(scope, window, call) {
      write(call, (queries) => {
        const one = and(eq(budgets.scope, scope), eq(budgets.window, window));
        if (queries.delete(budgets).where(one).run().changes === 0) throw new LarderError("BUDGET_NOT_FOUND");
      });
    },
  };
}

type BudgetRow = typeof budgets.$inferSelect;

function budgetsOf(queries: Queries, scopes: readonly BudgetRow["scope"][]): BudgetRow[] {
  return queries
    .select()
    .from(budgets)
    .where(inArray(budgets.scope, [...scopes]))
    .all();
}

function stateOf(
  queries: Queries,
  { number, scope, window, limitNanoUsd: limit }: BudgetRow,
  nowMs: number,
): BudgetState {
  const around = windowAround(window, nowMs);
  const spending = queries
    .select({ spent: budgetSpending.spentNanoUsd })
    .from(budgetSpending)
    .where(and(eq(budgetSpending.budgetNumber, Number(number)), eq(budgetSpending.startMs, around.startMs)))
    .get();
  const amount = budgetReservations.amountNanoUsd;
  const taken = queries
    .select({
      all: sum(amount).mapWith(BigInt),
      held: sql<bigint | null>`sum(case when ${budgetReservations.expiresAtMs} <= ${nowMs} then ${amount} end)`,
    })
    .from(budgetReservations)
    .where(and(eq(budgetReservations.budgetNumber, Number(number)), eq(budgetReservations.startMs, around.startMs)))
    .get();
  const spent = spending?.spent ?? zeroUsd;
  const held = nanoUsd(taken?.held ?? 0n);
  const reserved = nanoUsd((taken?.all ?? 0n) - held);
  return { scope, window, limit, ...around, spent, held, reserved, left: nanoUsd(limit - spent - held - reserved) };
}

/** The least that any of them would have left if nothing under way were billed. */
function leftAtMost(bounds: readonly { readonly state: BudgetState }[]): NanoUsd {
  const [least] = bounds.map(({ state }) => nanoUsd(state.left + state.reserved)).toSorted(compare);
  return least ?? zeroUsd;
}

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
const length = ({ window }: BudgetState) => budgetWindows.indexOf(window);
