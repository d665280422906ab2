import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { LarderError } from "@larder/contracts";
import type { ApiEnv } from "../api-env.ts";
import { createRouter } from "../api-env.ts";

/** What the page may do: its own scripts and styles from here, requests to here, nothing from anywhere else. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'", // Swagger UI sets styles on its elements
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Larder API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="data:,">
<div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</html>
`;

const start = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });\n`;

const vendorFiles: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

/** The OpenAPI document, and a page to read and try it that needs no network. */
export function docsRoutes(app: OpenAPIHono<ApiEnv>, version: string) {
  let document: string | undefined;
  const resolve = createRequire(import.meta.url).resolve;
  const router = createRouter();
  router.get("/openapi.json", (c) => {
    document ??= JSON.stringify(app.getOpenAPI31Document(documentHead(version)));
    return c.body(document, 200, { "content-type": "application/json" });
  });
  router.get("/", (c) => {
    if ((c.req.header("accept") ?? "").includes("text/html")) return c.redirect("/docs");
    return c.json({ name: "Larder", version, docs: "/docs", openapi: "/openapi.json", ready: "/health/ready" });
  });
  router.get("/docs", (c) => c.html(page, 200, { "content-security-policy": pagePolicy }));
  router.get("/docs/assets/start.js", (c) => c.body(start, 200, { "content-type": "text/javascript; charset=utf-8" }));
  router.get("/docs/assets/:file", async (c) => {
    const name = c.req.param("file");
    const contentType = Object.hasOwn(vendorFiles, name) ? vendorFiles[name] : undefined;
    if (contentType === undefined) throw new LarderError("ROUTE_NOT_FOUND");
    const bytes = await readFile(resolve(`swagger-ui-dist/${name}`));
    return c.body(new Uint8Array(bytes), 200, {
      "content-type": contentType,
      "cache-control": "public, max-age=3600",
    });
  });
  return router;
}

function documentHead(version: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "Larder",
      version,
      description:
        "Documents in, cited answers out, each with a receipt. Money is decimal text, times are in milliseconds or " +
        "ISO 8601, errors are problem documents whose `code` is stable.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, {}],
  };
}
