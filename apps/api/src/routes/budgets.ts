import { createRoute, z } from "@hono/zod-openapi";
import type { BudgetScope, BudgetWindow } from "@larder/contracts";
import { budgetWindows, isId, LarderError, readBudgetScope } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";
import { createRouter } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { budgetBody, toBudgetBody } from "../bodies/budget-body.ts";
import type { Larder } from "../larder.ts";
import { callerKeyOf } from "../request/caller-key.ts";
import { invalidRequest } from "../request/field-problems.ts";
import { readJsonBody } from "../request/json-body.ts";
import { usdAmount } from "../request/request-schemas.ts";
import { jsonBody, problems, reply } from "./route-parts.ts";

const tags = ["Money"];
const onePath = "/v1/budgets/{scope}/{window}";
const params = z.object({
  scope: z.string().openapi({ example: "total" }),
  window: z.string().openapi({ enum: [...budgetWindows], example: "month" }),
});

export function budgetRoutes({ budgets, store }: Larder, limits: ApiLimits) {
  const change = z.strictObject({ limit_usd: usdAmount.describe("Most that providers may bill in one window.") });
  const bodyLimits = { bytesMax: limits.jsonBytesMax, depthMax: limits.jsonDepthMax, setting: "LARDER_JSON_BYTES_MAX" };
  const list = createRoute({
    method: "get",
    path: "/v1/budgets",
    tags,
    summary: "List budgets with what is spent, held, reserved and left",
    responses: {
      200: reply(
        "All of them, in the window of now.",
        z.object({
          caller_scope: z.string().nullable().describe("The scope of the key that asks; null without keys."),
          data: z.array(budgetBody),
        }),
      ),
      ...problems(),
    },
  });
  const put = createRoute({
    method: "put",
    path: onePath,
    tags,
    summary: "Make a budget, or change its limit",
    description:
      "It counts from when it is made. A changed limit keeps what was spent. Before a paid model is asked, the most " +
      "that the call may cost is reserved in every budget that bounds it; a model that does not fit is refused with " +
      "`budget_exhausted` and the next one is tried. A key that has a budget of its own may not change budgets.",
    request: { params, body: jsonBody(change) },
    responses: { 200: reply("As it is now.", budgetBody), ...problems(403, 404, 413, 415) },
  });
  const remove = createRoute({
    method: "delete",
    path: onePath,
    tags,
    summary: "Remove a budget with all that it counted",
    request: { params },
    responses: { 204: { description: "Nothing is bounded by it any more." }, ...problems(403, 404) },
  });

  const requireUnbound = async (c: ApiContext) => {
    const caller = callerKeyOf(c);
    const all = await budgets.budgets(c.get("call"));
    if (all.some(({ scope }) => scope === caller)) throw new LarderError("BUDGET_PROTECTED");
  };

  return createRouter()
    .openapi(list, async (c) => {
      const all = await budgets.budgets(c.get("call"));
      return c.json({ caller_scope: callerKeyOf(c) ?? null, data: all.map(toBudgetBody) }, 200);
    })
    .openapi(put, async (c) => {
      const { scope, window } = readPlace(c.req.valid("param"));
      const { value } = await readJsonBody(c, change, bodyLimits);
      await requireUnbound(c);
      if (isId("knowledgeBase", scope)) await store.knowledgeBase(scope, c.get("call"));
      const state = await budgets.putBudget({ scope, window, limit: value.limit_usd }, c.get("call"));
      return c.json(toBudgetBody(state), 200);
    })
    .openapi(remove, async (c) => {
      const { scope, window } = readPlace(c.req.valid("param"));
      await requireUnbound(c);
      await budgets.removeBudget(scope, window, c.get("call"));
      return c.body(null, 204);
    });
}

/** @throws {@link LarderError} `REQUEST_INVALID`, which names what cannot be */
function readPlace(sent: z.infer<typeof params>): { readonly scope: BudgetScope; readonly window: BudgetWindow } {
  const scope = readBudgetScope(sent.scope);
  const window = budgetWindows.find((each) => each === sent.window);
  if (scope === undefined || window === undefined) {
    throw invalidRequest(
      ...(scope === undefined
        ? [{ field: "scope", reason: "must be total, a knowledge base's id (kb_…) or an API key's scope (key_…)" }]
        : []),
      ...(window === undefined ? [{ field: "window", reason: `must be one of ${budgetWindows.join(", ")}` }] : []),
    );
  }
  return { scope, window };
}
