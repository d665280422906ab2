import { describePriceBook } from "@larder/testkit";
import { createPriceBook } from "./price-book.ts";

describePriceBook("price book in memory", createPriceBook);
