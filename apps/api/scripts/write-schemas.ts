import { mkdirSync, writeFileSync } from "node:fs";
import { economicsDocument } from "@larder/economics";
import { z } from "zod";

const folder = new URL("../../../docs/schemas/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("economics-1.json", folder), `${JSON.stringify(z.toJSONSchema(economicsDocument), null, 2)}\n`);
