import type { OpenAPIHono } from "@hono/zod-openapi";
import { LarderError } from "@larder/contracts";
import { createAllowedMethods } from "./allowed-methods.ts";
import type { ApiEnv } from "./api-env.ts";
import { createRouter } from "./api-env.ts";
import { createApiMetrics } from "./api-metrics.ts";
import type { ApiSettings } from "./api-settings.ts";
import { apiLimitDefaults } from "./api-settings.ts";
import type { Larder } from "./larder.ts";
import { bearerKeys } from "./middleware/bearer-keys.ts";
import { refuseForeignPages } from "./middleware/refuse-foreign-pages.ts";
import { requestContext } from "./middleware/request-context.ts";
import { requestLog } from "./middleware/request-log.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { problemResponse } from "./problem.ts";
import { filterComponent } from "./request/filter-schema.ts";
import { batchRequestRoutes } from "./routes/batch-requests.ts";
import { budgetRoutes } from "./routes/budgets.ts";
import { chatCompletionRoutes } from "./routes/chat-completions.ts";
import { docsRoutes } from "./routes/docs.ts";
import { documentRoutes } from "./routes/documents.ts";
import { economicsRoutes } from "./routes/economics.ts";
import { errorPageRoutes } from "./routes/error-pages.ts";
import { healthRoutes } from "./routes/health.ts";
import { indexAuditRoutes } from "./routes/index-audits.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { knowledgeBaseRoutes } from "./routes/knowledge-bases.ts";
import { learningRoutes } from "./routes/learning.ts";
import { modelRoutes } from "./routes/models.ts";
import { moneyRoutes } from "./routes/money.ts";
import { priceWatchRoutes } from "./routes/price-watch.ts";
import { queryRoutes } from "./routes/query.ts";
import { quoteRoutes } from "./routes/quote.ts";
import { receiptChainRoutes } from "./routes/receipt-chain.ts";
import { receiptRoutes } from "./routes/receipts.ts";
import { reconciliationRoutes } from "./routes/reconciliation.ts";
import { savingsRunRoutes } from "./routes/savings-runs.ts";
import { searchRoutes } from "./routes/search.ts";
import { sitemapRoutes } from "./routes/sitemaps.ts";
import { uploadRoutes } from "./routes/uploads.ts";

/** Larder as HTTP. Opens nothing and closes nothing: the caller owns `larder`, and a server or a test asks the app. */
export function createApi(larder: Larder, settings: ApiSettings = {}): OpenAPIHono<ApiEnv> {
  const limits = { ...apiLimitDefaults, ...settings.limits };
  const keys = settings.apiKeys ?? [];
  const metrics = createApiMetrics(larder.store, larder.indexUpkeep);
  const app = createRouter();
  app.onError(problemResponse);
  app.use("*", requestContext);
  app.use("*", securityHeaders);
  app.use("*", requestLog(metrics, settings.logger));
  app.use("*", refuseForeignPages({ hasKeys: keys.length > 0 }));
  app.use("*", bearerKeys(keys)); // before any body is read
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  const filter = filterComponent(limits);
  app.openAPIRegistry.registerComponent("schemas", filter.name, filter.schema);
  const routers = [
    knowledgeBaseRoutes(larder, limits),
    uploadRoutes(larder, limits, metrics),
    sitemapRoutes(larder, limits),
    documentRoutes(larder, limits),
    jobRoutes(larder, limits),
    searchRoutes(larder, limits),
    queryRoutes(larder, limits, metrics),
    chatCompletionRoutes(larder, limits, metrics),
    batchRequestRoutes(larder, limits),
    quoteRoutes(larder, limits),
    modelRoutes(larder),
    learningRoutes(larder, limits),
    receiptChainRoutes(larder, limits), // before those whose path has an id in the same place
    receiptRoutes(larder, limits),
    moneyRoutes(larder),
    priceWatchRoutes(larder, limits),
    economicsRoutes(larder, limits),
    reconciliationRoutes(larder, limits),
    savingsRunRoutes(larder, limits),
    budgetRoutes(larder, limits),
    healthRoutes(larder, metrics),
    indexAuditRoutes(larder),
    errorPageRoutes(),
    docsRoutes(app, settings.version ?? "0.1.0"),
  ];
  for (const router of routers) app.route("/", router);
  const allowedMethods = createAllowedMethods(app.routes);
  app.notFound((c) => {
    const allow = allowedMethods(c.req.path).join(", ");
    if (allow === "") throw new LarderError("ROUTE_NOT_FOUND");
    throw new LarderError("METHOD_NOT_ALLOWED", { details: { allow } });
  });
  return app;
}
