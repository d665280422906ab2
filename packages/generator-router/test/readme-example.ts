import type { Clock, Prompt, RequestShape, TokenCounter } from "@larder/contracts";
import {
  connectProvider,
  createGeneratorRouter,
  createPriceBook,
  providersFromEnvironment,
  readCatalog,
} from "../src/index.ts";

/** The README's example, line by line, so that the compiler reads it too. */
export async function readmeExample(
  environment: Readonly<Record<string, string | undefined>>,
  { clock, tokenCounter }: { readonly clock: Clock; readonly tokenCounter: TokenCounter },
  { prompt, shape, signal }: { readonly prompt: Prompt; readonly shape: RequestShape; readonly signal: AbortSignal },
  write: (text: string) => void,
): Promise<void> {
  const catalog = readCatalog();
  const setups = providersFromEnvironment(environment, catalog);
  const priceBook = createPriceBook(setups.flatMap(({ models }) => models));
  const providers = setups.map((setup) => connectProvider(setup, clock));
  const router = createGeneratorRouter({ priceBook, providers, tokenCounter, clock });
  for await (const event of router.generate({ prompt, shape, policy: {} }, { signal })) {
    if (event.kind === "text") write(event.text);
  }
}
