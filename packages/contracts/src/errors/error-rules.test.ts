import { expect, it } from "vitest";
import { answeringErrors } from "./answering-errors.ts";
import { archiveErrors } from "./archive-errors.ts";
import { documentErrors } from "./document-errors.ts";
import { economicsErrors } from "./economics-errors.ts";
import { errorRules } from "./error-rules.ts";
import { fileErrors } from "./file-errors.ts";
import { partErrors } from "./part-errors.ts";
import { serverErrors } from "./server-errors.ts";
import { sourceErrors } from "./source-errors.ts";
import { storageErrors } from "./storage-errors.ts";

it("takes each code from one table: of two of the same name, the later would win unseen", () => {
  const tables = [
    storageErrors,
    serverErrors,
    documentErrors,
    partErrors,
    answeringErrors,
    economicsErrors,
    fileErrors,
    sourceErrors,
    archiveErrors,
  ];
  const codes = [...tables.flatMap((table) => Object.keys(table)), "UNEXPECTED"];
  expect(codes).toEqual(Object.keys(errorRules));
});
