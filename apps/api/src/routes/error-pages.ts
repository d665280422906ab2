import { createRoute, z } from "@hono/zod-openapi";
import type { ErrorCode } from "@larder/contracts";
import { errorRules, LarderError } from "@larder/contracts";
import { createRouter } from "../api-env.ts";
import { problemStatus } from "../problem.ts";
import { reply } from "./route-parts.ts";

const codes = Object.keys(errorRules) as ErrorCode[]; // the table's own keys

const kindBody = z
  .object({
    code: z.string(),
    status: z.int(),
    blame: z.enum(["caller", "provider", "us"]).describe("Who must act before the same request can succeed."),
    retryable: z.boolean(),
    meaning: z.string(),
    hint: z.string(),
  })
  .openapi("ProblemKind");

const content: Record<string, { schema: z.ZodType }> = {
  "application/json": { schema: kindBody },
  "text/html": { schema: z.string() },
};
const page = createRoute({
  method: "get",
  path: "/errors/{code}",
  tags: ["Operation"],
  summary: "What a problem's `type` leads to",
  security: [],
  request: { params: z.object({ code: z.string().openapi({ example: "REQUEST_INVALID" }) }) },
  responses: {
    200: { description: "A page for people, or JSON where that is asked for.", content },
    404: reply("There is no such kind.", z.unknown(), "application/problem+json"),
  },
});

/** `problem.type` leads here: what went wrong in general, and what to do. */
export function errorPageRoutes() {
  return createRouter().openapi(page, (c) => {
    const code = codes.find((known) => known === c.req.valid("param").code);
    if (code === undefined) throw new LarderError("ROUTE_NOT_FOUND");
    const { blame, retryable, meaning, hint } = errorRules[code];
    const status = problemStatus(code);
    const wantsHtml = (c.req.header("accept") ?? "").includes("text/html");
    if (!wantsHtml) return c.json({ code, status, blame, retryable, meaning, hint }, 200);
    const again = retryable ? "The same request may succeed later." : "The same request will fail again.";
    return c.html(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${code}</title><h1>${code}</h1>` +
        `<p>${escapeHtml(meaning)} (HTTP ${status})</p><p>${escapeHtml(hint)}</p><p>${again}</p></html>`,
    );
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
