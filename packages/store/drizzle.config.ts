import { defineConfig } from "drizzle-kit";

/** `npm run migration -w @larder/store -- --name what_changed` writes the next file of `migrations`. */
export default defineConfig({
  dialect: "sqlite",
  schema: "./src/schema/*.ts",
  out: "./migrations",
  breakpoints: true,
});
