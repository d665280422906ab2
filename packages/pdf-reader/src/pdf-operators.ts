import { OPS } from "unpdf/pdfjs";
import type { PdfFont } from "./pdf-font.ts";
import { identityMatrix, multiplyMatrices, toMatrix, uprightMatrix } from "./pdf-matrix.ts";
import type { PdfRun } from "./pdf-runs.ts";
import { PdfRunWriter } from "./pdf-runs.ts";
import { PdfTextCursor } from "./pdf-text-state.ts";

/** A page's operators as pdf.js lists them, with the means to find their fonts. */
export interface PdfPageContent {
  readonly operators: ArrayLike<number>;
  readonly operands: ArrayLike<unknown>;
  /** `undefined` for a font that could not be loaded. */
  readonly fontOf: (id: string) => PdfFont | undefined;
  /** `[left, bottom, right, top]` of what is shown, in points, before it is turned. */
  readonly view: readonly number[];
  /** Degrees, clockwise. */
  readonly rotate: number;
}

/** Text of one page in the order in which it is drawn, each run with its place on the upright page. */
export function readPdfRuns(page: PdfPageContent): readonly PdfRun[] {
  const upright = uprightMatrix(page.rotate);
  const cursor = new PdfTextCursor(upright);
  const writer = new PdfRunWriter(toUprightView(page.view, page.rotate));
  for (let index = 0; index < page.operators.length; index += 1) {
    const raw = page.operands[index];
    const operands: readonly unknown[] = Array.isArray(raw) ? raw : [];
    follow(page.operators[index] ?? 0, operands, cursor, writer, page);
  }
  return writer.close();
}

/** `[left, bottom, right, top]` of the page once it is upright. */
export function toUprightView(view: readonly number[], rotate: number): readonly [number, number, number, number] {
  const [left = 0, bottom = 0, right = 0, top = 0] = view;
  const upright = uprightMatrix(rotate);
  const corners = [
    [left, bottom],
    [right, top],
  ].map(([x = 0, y = 0]) => multiplyMatrices([1, 0, 0, 1, x, y], upright));
  const xs = corners.map((corner) => corner[4]);
  const ys = corners.map((corner) => corner[5]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function follow(
  operator: number,
  operands: readonly unknown[],
  cursor: PdfTextCursor,
  writer: PdfRunWriter,
  page: PdfPageContent,
): void {
  const first = operands[0];
  switch (operator) {
    case OPS.showText:
      if (Array.isArray(first)) writer.show(first, cursor);
      return;
    case OPS.setTextMatrix:
      cursor.beginText(toMatrix(first));
      return;
    case OPS.moveText:
      cursor.moveText(toNumber(first), toNumber(operands[1]));
      return;
    case OPS.setLeadingMoveText:
      cursor.set({ leading: toNumber(operands[1]) });
      cursor.moveText(toNumber(first), toNumber(operands[1]));
      return;
    case OPS.nextLine:
      cursor.moveText(0, cursor.state.leading);
      return;
    case OPS.setLeading:
      cursor.set({ leading: -toNumber(first) });
      return;
    case OPS.beginText:
      cursor.beginText(identityMatrix);
      return;
    case OPS.setFont:
      cursor.set({ font: page.fontOf(String(first)), fontSize: toNumber(operands[1]) });
      return;
    case OPS.setCharSpacing:
      cursor.set({ characterSpacing: toNumber(first) });
      return;
    case OPS.setWordSpacing:
      cursor.set({ wordSpacing: toNumber(first) });
      return;
    case OPS.setHScale:
      cursor.set({ horizontalScale: toNumber(first) / 100 });
      return;
    case OPS.setTextRise:
      cursor.set({ rise: toNumber(first) });
      return;
    case OPS.setTextRenderingMode:
      cursor.set({ renderingMode: toNumber(first) });
      return;
    case OPS.setFillRGBColor:
      cursor.set({ fill: String(first) });
      return;
    case OPS.setFillColorN:
    case OPS.shadingFill:
      cursor.set({ fill: "pattern" });
      return;
    case OPS.constructPath:
      writer.paint(toNumber(first), operands[2], cursor.state);
      return;
    case OPS.save:
    case OPS.beginGroup:
      cursor.save();
      return;
    case OPS.restore:
    case OPS.endGroup:
    case OPS.paintFormXObjectEnd:
      cursor.restore();
      return;
    case OPS.endAnnotation:
      writer.enterAnnotation(false);
      cursor.restore();
      return;
    case OPS.transform:
      cursor.transform(toMatrix(operands));
      return;
    case OPS.paintFormXObjectBegin:
      cursor.save();
      cursor.transform(toMatrix(first));
      return;
    case OPS.beginAnnotation:
      writer.enterAnnotation(true);
      cursor.save();
      cursor.resetTransform();
      cursor.transform(toMatrix(operands[2]));
      cursor.transform(toMatrix(operands[3]));
      return;
    case OPS.setGState:
      readGraphicsState(first, cursor, page);
      return;
    default:
  }
}

function readGraphicsState(entries: unknown, cursor: PdfTextCursor, page: PdfPageContent): void {
  for (const entry of Array.isArray(entries) ? entries : []) {
    const [key, value]: unknown[] = Array.isArray(entry) ? entry : [];
    if (key !== "Font" || !Array.isArray(value)) continue;
    cursor.set({ font: page.fontOf(String(value[0])), fontSize: toNumber(value[1]) });
  }
}

function toNumber(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
