export { createWebFetcher, type WebFetcherOptions } from "./create-web-fetcher.ts";
