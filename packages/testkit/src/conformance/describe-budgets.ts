import type {
  BudgetScope,
  BudgetState,
  BudgetStore,
  BudgetWindow,
  CallerKeyId,
  ReservationResult,
} from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import type { ManualClock } from "../manual-clock.ts";
import { testCall as call } from "../store-fixtures.ts";

/** Whoever dies with a reservation is believed for `reservationMs`. */
export interface BudgetStoreUnderTest extends AsyncDisposable {
  readonly budgets: BudgetStore;
  readonly clock: ManualClock;
  readonly reservationMs: number;
}

const kb = "kb_a0000000000" as BudgetScope;
const key = `key_${"0123456789abcdef".repeat(2)}` as CallerKeyId;
const hour = 3_600_000;

export function describeBudgets(name: string, open: () => Promise<BudgetStoreUnderTest>): void {
  describe(`${name} keeps the Budgets contract`, () => {
    const put = (store: BudgetStore, limit: bigint, scope: BudgetScope = "total", window: BudgetWindow = "ever") =>
      store.putBudget({ scope, window, limit: nanoUsd(limit) }, call);
    const reserve = (store: BudgetStore, amount: bigint, payers: readonly BudgetScope[] = []) =>
      store.reserve({ payers, amount: nanoUsd(amount), model: "acme/m" }, call);
    const idOf = (result: ReservationResult) => {
      if (result.kind !== "reserved") throw new Error(`it is ${result.kind}`);
      return result.id;
    };
    const moneyOf = async (store: BudgetStore, index = 0) => {
      const { spent, held, reserved, left } = (await store.budgets(call))[index] as BudgetState;
      return { spent, held, reserved, left };
    };

    it("bounds nobody where there is no budget", async () => {
      await using opened = await open();
      expect(await reserve(opened.budgets, 5n, [kb])).toEqual({ kind: "unbounded" });
      expect(await opened.budgets.budgets(call)).toEqual([]);
    });

    it("takes what is reserved, and gives back what a settled bill left of it", async () => {
      await using opened = await open();
      const { budgets } = opened;
      await put(budgets, 100n);
      const id = idOf(await reserve(budgets, 60n));
      expect(await moneyOf(budgets)).toEqual({ spent: 0n, held: 0n, reserved: 60n, left: 40n });
      expect(await reserve(budgets, 41n)).toMatchObject({ kind: "exhausted", budget: { left: 40n }, leftAtMost: 100n });
      await budgets.settle(id, nanoUsd(25n), call);
      expect(await moneyOf(budgets)).toEqual({ spent: 25n, held: 0n, reserved: 0n, left: 75n });
      expect(await reserve(budgets, 76n)).toMatchObject({ kind: "exhausted", leftAtMost: 75n });
      idOf(await reserve(budgets, 75n));
    });

    it("spends a bill that is larger than what was reserved, and then has less than nothing left", async () => {
      await using opened = await open();
      const { budgets } = opened;
      await put(budgets, 100n);
      await budgets.settle(idOf(await reserve(budgets, 90n)), nanoUsd(130n), call);
      expect(await moneyOf(budgets)).toEqual({ spent: 130n, held: 0n, reserved: 0n, left: -30n });
      expect(await reserve(budgets, 1n)).toMatchObject({ kind: "exhausted", leftAtMost: -30n });
    });

    it("keeps all of a hold, and settles it when the bill becomes known after all", async () => {
      await using opened = await open();
      const { budgets } = opened;
      await put(budgets, 100n);
      const id = idOf(await reserve(budgets, 60n));
      await budgets.hold(id, call);
      expect(await reserve(budgets, 41n)).toMatchObject({ kind: "exhausted", leftAtMost: 40n });
      expect(await moneyOf(budgets)).toEqual({ spent: 0n, held: 60n, reserved: 0n, left: 40n });
      await budgets.settle(id, nanoUsd(10n), call);
      expect(await moneyOf(budgets)).toEqual({ spent: 10n, held: 0n, reserved: 0n, left: 90n });
    });

    it("gives all of a release back", async () => {
      await using opened = await open();
      const { budgets } = opened;
      await put(budgets, 100n);
      await budgets.release(idOf(await reserve(budgets, 100n)), call);
      expect(await moneyOf(budgets)).toEqual({ spent: 0n, held: 0n, reserved: 0n, left: 100n });
    });

    it("changes nothing when a reservation is ended twice", async () => {
      await using opened = await open();
      const { budgets } = opened;
      await put(budgets, 100n);
      const id = idOf(await reserve(budgets, 60n));
      await budgets.settle(id, nanoUsd(10n), call);
      await budgets.settle(id, nanoUsd(10n), call);
      await budgets.hold(id, call);
      await budgets.release(id, call);
      expect(await moneyOf(budgets)).toEqual({ spent: 10n, held: 0n, reserved: 0n, left: 90n });
    });

    it("counts what nobody ended as held once its time is over, and never gives it back", async () => {
      await using opened = await open();
      const { budgets, clock, reservationMs } = opened;
      await put(budgets, 100n);
      idOf(await reserve(budgets, 60n));
      clock.advance(reservationMs - 1);
      expect(await moneyOf(budgets)).toMatchObject({ held: 0n, reserved: 60n });
      clock.advance(1);
      expect(await moneyOf(budgets)).toEqual({ spent: 0n, held: 60n, reserved: 0n, left: 40n });
      clock.advance(1_000 * hour);
      expect(await reserve(budgets, 41n)).toMatchObject({ kind: "exhausted", leftAtMost: 40n });
    });

    it("counts a reservation in every budget of its payers, or in none", async () => {
      await using opened = await open();
      const { budgets } = opened;
      await put(budgets, 100n);
      await put(budgets, 50n, kb, "day");
      await put(budgets, 30n, key, "day");
      const id = idOf(await reserve(budgets, 20n, [kb, key]));
      idOf(await reserve(budgets, 20n, [kb]));
      const refused = await reserve(budgets, 20n, [kb, key]);
      expect(refused).toMatchObject({ kind: "exhausted", budget: { scope: kb, left: 10n }, leftAtMost: 30n });
      expect(await moneyOf(budgets, 2)).toMatchObject({ reserved: 40n }); // nothing of what was refused
      await budgets.settle(id, nanoUsd(5n), call);
      const states = await budgets.budgets(call);
      expect(states.map(({ scope, spent, reserved }) => [scope, spent, reserved])).toEqual([
        [kb, 5n, 20n],
        [key, 5n, 0n],
        ["total", 5n, 20n],
      ]);
      expect(await reserve(budgets, 51n, ["kb_b0000000000" as BudgetScope])).toMatchObject({ kind: "reserved" });
    });

    it("begins each window with nothing spent, and settles in the window that was reserved in", async () => {
      await using opened = await open();
      const { budgets, clock } = opened;
      await put(budgets, 100n, "total", "hour");
      await put(budgets, 100n, "total", "ever");
      clock.advance(hour - (clock.nowMs() % hour) - 1); // the last millisecond of an hour
      const before = idOf(await reserve(budgets, 60n));
      const [last] = await budgets.budgets(call);
      expect(last).toMatchObject({ window: "hour", reserved: 60n, endMs: clock.nowMs() + 1 });
      clock.advance(1);
      const [next, ever] = await budgets.budgets(call);
      expect(next).toMatchObject({ startMs: clock.nowMs(), reserved: 0n, left: 100n });
      expect(ever).toMatchObject({ startMs: 0, reserved: 60n });
      expect(ever).not.toHaveProperty("endMs");
      await budgets.settle(before, nanoUsd(50n), call);
      const [after, total] = await budgets.budgets(call);
      expect([after?.spent, total?.spent]).toEqual([0n, 50n]);
    });

    it("knows the days and months of the calendar", async () => {
      await using opened = await open();
      const { budgets, clock } = opened;
      clock.advance(Date.UTC(2028, 1, 29, 23, 59) - clock.nowMs());
      await put(budgets, 1n, "total", "month");
      await put(budgets, 1n, "total", "day");
      const spans = (await budgets.budgets(call)).map(({ window, startMs, endMs = 0 }) => [window, startMs, endMs]);
      expect(spans).toEqual([
        ["day", Date.UTC(2028, 1, 29), Date.UTC(2028, 2, 1)],
        ["month", Date.UTC(2028, 1, 1), Date.UTC(2028, 2, 1)],
      ]);
    });

    it("keeps what was spent when the limit changes, and forgets it with the budget", async () => {
      await using opened = await open();
      const { budgets } = opened;
      await put(budgets, 100n);
      await budgets.settle(idOf(await reserve(budgets, 60n)), nanoUsd(60n), call);
      expect(await put(budgets, 50n)).toMatchObject({ limit: 50n, spent: 60n, left: -10n });
      await put(budgets, 200n);
      const late = idOf(await reserve(budgets, 10n));
      await budgets.removeBudget("total", "ever", call);
      await budgets.settle(late, nanoUsd(9n), call);
      const unknown = budgets.removeBudget("total", "ever", call);
      await expect(unknown).rejects.toMatchObject({ code: "BUDGET_NOT_FOUND" });
      expect(await put(budgets, 100n)).toMatchObject({ spent: 0n, left: 100n });
    });

    it("tells of every budget that counts what somebody spends, the total's included, and of no other", async () => {
      await using opened = await open();
      const { budgets } = opened;
      expect(await budgets.bounding([kb, key], call)).toEqual([]);
      await put(budgets, 100n);
      await put(budgets, 50n, kb);
      await put(budgets, 70n, kb, "day");
      await put(budgets, 1n, key);
      await reserve(budgets, 30n, [kb]);
      const left = async (payers: readonly BudgetScope[]) =>
        (await budgets.bounding(payers, call)).map((state) => state.left).toSorted((a, b) => Number(a - b));
      expect(await left([])).toEqual([70n]);
      expect(await left([kb])).toEqual([20n, 40n, 70n]);
      expect(await left([kb, key])).toEqual([1n, 20n, 40n, 70n]);
      expect(await moneyOf(budgets, 3)).toMatchObject({ reserved: 30n }); // asking took nothing
    });

    it("gives no more than there is to many at once", async () => {
      await using opened = await open();
      const { budgets } = opened;
      await put(budgets, 1_000n);
      const results = await Promise.all(Array.from({ length: 100 }, () => reserve(budgets, 30n)));
      expect(results.filter(({ kind }) => kind === "reserved")).toHaveLength(33);
    });

    it("is exact beyond what a double can tell", async () => {
      await using opened = await open();
      const { budgets } = opened;
      const huge = 9_007_199_254_740_993n;
      await put(budgets, huge);
      await budgets.settle(idOf(await reserve(budgets, huge - 1n)), nanoUsd(huge - 1n), call);
      expect(await moneyOf(budgets)).toMatchObject({ spent: huge - 1n, left: 1n });
    });

    it("rejects with the signal's own reason and takes nothing", async () => {
      await using opened = await open();
      const { budgets } = opened;
      await put(budgets, 100n);
      const reason = new Error("the sender left");
      const request = { payers: [], amount: nanoUsd(5n), model: "acme/m" };
      await expect(budgets.reserve(request, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(await moneyOf(budgets)).toMatchObject({ left: 100n });
    });
  });
}
