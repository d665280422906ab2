import { LarderError } from "@larder/contracts";
import type { InvoiceLine } from "./invoice-shapes.ts";
import { addLine, invoiceShapes } from "./invoice-shapes.ts";

export interface Invoice {
  /** Which export it was taken for. */
  readonly shape: string;
  readonly provider?: string;
  /** Lines of one day, model and bucket as one, by day, model and bucket. */
  readonly lines: readonly InvoiceLine[];
}

/**
 * Reads the cells of an invoice's CSV file, its column names in the first row. What is not for tokens of a model is left out.
 * @throws {@link LarderError} `INVOICE_UNREADABLE` for columns of no known export, and for a cell that is no date or number
 */
export function readInvoice(cells: readonly (readonly string[])[]): Invoice {
  const [head = [], ...body] = cells;
  const names = head.map((name) =>
    name
      .replace(/^\uFEFF/, "")
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, "_"),
  );
  const shape = invoiceShapes.find(({ columns }) => columns.every((any) => any.some((name) => names.includes(name))));
  if (shape === undefined) {
    const known = invoiceShapes.map(
      ({ name, columns }) => `${name}: ${columns.map((any) => any.join(" or ")).join(", ")}`,
    );
    const problems = `columns ${names.join(", ") || "(none)"}; known are ${known.join("; ")}`;
    throw new LarderError("INVOICE_UNREADABLE", { details: { problems } });
  }
  const sums = new Map<string, InvoiceLine>();
  for (const row of body) {
    for (const line of shape.lines(new Map(names.map((name, index) => [name, row[index] ?? ""])))) {
      const key = [line.day, line.model, line.bucket].join("\n");
      sums.set(key, addLine(sums.get(key), line));
    }
  }
  const lines = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return { shape: shape.name, ...(shape.provider && { provider: shape.provider }), lines };
}
