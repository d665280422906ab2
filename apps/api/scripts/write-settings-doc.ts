/** Writes docs/settings.md from the settings' schema. `--check` only tells whether it is up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { environment, providerKeyVariables } from "../src/environment.ts";

interface Property {
  readonly description?: string;
  readonly default?: unknown;
}

const file = new URL("../../../docs/settings.md", import.meta.url);

const text = renderSettings();
if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text) {
    process.stderr.write("docs/settings.md is not up to date: run npm run docs:settings\n");
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, text);
}

function renderSettings(): string {
  const { properties = {} } = z.toJSONSchema(environment, { io: "input" }) as { properties?: Record<string, Property> };
  const rows = Object.entries(properties).map(([name, property]) => {
    const value = property.default === undefined ? "" : `\`${String(property.default)}\``;
    return `| \`${name}\` | ${value} | ${property.description ?? ""} |`;
  });
  return `# Settings

Environment variables, read once at the start. None is needed. An empty value counts as absent; a malformed one stops the
start and every problem is named at once. Written from \`apps/api/src/environment.ts\` by \`npm run docs:settings\`.

| variable | default | meaning |
|---|---|---|
${rows.join("\n")}

## Keys of providers

A provider whose key is absent is left out. A key is sent to its provider and to nobody else; it is never printed, logged
or stored.

${providerKeyVariables.map((name) => `- \`${name}\``).join("\n")}

The file named by \`LARDER_PROVIDERS_FILE\` may name further variables (\`api_key_env\`).

## The command line

| variable | default | meaning |
|---|---|---|
| \`LARDER_SERVER\` | | Address of a Larder to use instead of one inside the command's process; as \`--server\`. |
| \`LARDER_API_KEY\` | | Bearer key for that server. |

## For tests of crashes

| variable | default | meaning |
|---|---|---|
| \`LARDER_FAIL_POINT\` | | Where a process shall kill itself, such as \`after-parse\` or \`after-parse:3\` ([architecture](architecture.md)). Never set it where documents matter. |
`;
}
