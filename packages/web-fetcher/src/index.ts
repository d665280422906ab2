export { createPoliteWebFetcher, createWebFetcher, type WebFetcherOptions } from "./create-web-fetcher.ts";
