import fc from "fast-check";
import type { Operation } from "../read-operations.ts";
import type { BadRequests, Targets } from "./bad-request.ts";
import { createSend } from "./bad-request.ts";

/** Forms that are cut, have no boundary, or hold parts that nobody takes. */
export function badForms({ operations, ids }: Targets): BadRequests {
  const forms = fc.constantFrom(...operations.filter(({ takesForms }) => takesForms));
  const send = createSend(ids);
  const toForm = (
    defect: string,
    operation: Operation,
    body: Buffer | string,
    type = "multipart/form-data; boundary=b",
  ) => send(defect, operation, body, { "content-type": type });
  const cutForms = fc
    .tuple(forms, fc.nat())
    .map(([operation, at]) => toForm("cut form", operation, wholeForm.subarray(0, at % (wholeForm.length - 4))));
  const wrongBoundaries = fc
    .tuple(
      forms,
      fc.constantFrom(
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=zzz",
        `multipart/form-data; boundary=${"b".repeat(5_000)}`,
      ),
    )
    .map(([operation, type]) => toForm("boundary", operation, wholeForm, type));
  const wrongParts = fc
    .tuple(
      forms,
      fc.constantFrom(
        partOf('name="file"; filename="a.txt"', ""),
        partOf('name="metadata"', "{"),
        partOf('name="metadata"', '{"__proto__":{"polluted":1}}'),
        partOf('name="zzz"', "x"),
        partOf('name="zzz"; filename="x"', "x"),
        partOf("", "x"),
        partOf('name="metadata"', "[".repeat(5_000)),
        partOf('name="title"', "\u0000"),
        partOf('name="file"; filename="a.txt"', "x".repeat(100_001)),
        partOf('name="title"', "t").repeat(50),
        partOf('name="file"; filename="a"', "x").repeat(300),
      ),
    )
    .map(([operation, parts]) => toForm("part", operation, `${parts}--b--\r\n`));

  return [{ weight: 2, arbitrary: cutForms }, wrongBoundaries, { weight: 2, arbitrary: wrongParts }];
}

function partOf(disposition: string, content: string): string {
  return `--b\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
}

const wholeForm = Buffer.from(
  `${partOf('name="metadata"', '{"a":1}')}${partOf('name="file"; filename="a.txt"', "plums")}--b--`,
);
