import { createRoute, z } from "@hono/zod-openapi";
import type { ModelEntry } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { createRouter } from "../api-env.ts";
import { modelBody, priceBody, toModelBody, toPriceBody } from "../bodies/model-body.ts";
import type { Larder } from "../larder.ts";
import { problems, reply } from "./route-parts.ts";

const tags = ["Models"];

/** `object` and what each entry has of it are OpenAI's, so that its clients can list what there is. */
const listBody = z.object({
  object: z.literal("list"),
  data: z.array(modelBody),
  price_book: z.string(),
  as_of: z.string(),
});
const bookBody = (entry: z.ZodType) => z.object({ data: z.array(entry), price_book: z.string(), as_of: z.string() });

const models = createRoute({
  method: "get",
  path: "/v1/models",
  tags,
  summary: "Every model that could be asked",
  responses: { 200: reply("With price, sources and what a check of them found.", listBody), ...problems() },
});
const prices = createRoute({
  method: "get",
  path: "/v1/prices",
  tags,
  summary: "The price book",
  responses: { 200: reply("Dollars per million tokens; unknown is null.", bookBody(priceBody)), ...problems() },
});
const price = createRoute({
  method: "get",
  path: "/v1/prices/{model}",
  tags,
  summary: "Prices of one model",
  description: "By `model`, at every provider that serves it, or by `provider/model`.",
  request: { params: z.object({ model: z.string().openapi({ example: "openai/gpt-4.1-mini" }) }) },
  responses: { 200: reply("One entry per provider.", bookBody(priceBody)), ...problems(404) },
});

/** A model's name may hold slashes, so the router takes all that follows; the document shows the plain form. */
const priceOfAny = { ...price, path: "/v1/prices/{model{.+}}", hide: true } as const;

export function modelRoutes({ router: generatorRouter }: Larder) {
  const { priceBook } = generatorRouter;
  const toBook = <Body>(data: readonly Body[]) => ({ data, price_book: priceBook.id, as_of: priceBook.asOf });
  const toBody = (entry: ModelEntry) => toPriceBody(entry, priceBook.findings());
  const routes = createRouter()
    .openapi(models, (c) => {
      const findings = priceBook.findings();
      const data = generatorRouter.models().map((listing) => toModelBody(listing, findings));
      return c.json({ object: "list" as const, ...toBook(data) }, 200);
    })
    .openapi(prices, (c) => c.json(toBook(priceBook.models().map(toBody)), 200))
    .openapi(priceOfAny, (c) => {
      const name = c.req.param("model");
      const entries = priceBook
        .models()
        .filter(({ provider, model }) => model === name || `${provider}/${model}` === name);
      if (entries.length === 0) throw new LarderError("MODEL_NOT_FOUND");
      return c.json(toBook(entries.map(toBody)), 200);
    });
  routes.openAPIRegistry.registerPath(price);
  return routes;
}
