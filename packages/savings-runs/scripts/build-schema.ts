/** `npm run docs:savings-schema`: writes the schema of reports for whoever reads them in another language. */
import { writeFileSync } from "node:fs";
import { savingsReportJsonSchema } from "../src/report-schema.ts";

const file = new URL("../schema/larder.savings-1.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(savingsReportJsonSchema(), null, 2)}\n`);
