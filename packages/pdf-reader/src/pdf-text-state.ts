import type { PdfFont } from "./pdf-font.ts";
import type { PdfMatrix } from "./pdf-matrix.ts";
import { identityMatrix, multiplyMatrices } from "./pdf-matrix.ts";

/** The part of the graphics state that decides where text stands and whether it is seen (ISO 32000-1, 8.4 and 9.3). */
export interface PdfTextState {
  readonly transform: PdfMatrix;
  readonly font: PdfFont | undefined;
  readonly fontSize: number;
  readonly characterSpacing: number;
  readonly wordSpacing: number;
  /** 1 is the font's own width. */
  readonly horizontalScale: number;
  readonly leading: number;
  readonly rise: number;
  readonly renderingMode: number;
  /** As `#rrggbb`; anything else is a pattern. */
  readonly fill: string;
}

const initialTextState: PdfTextState = {
  transform: identityMatrix,
  font: undefined,
  fontSize: 0,
  characterSpacing: 0,
  wordSpacing: 0,
  horizontalScale: 1,
  leading: 0,
  rise: 0,
  renderingMode: 0,
  fill: "#000000",
};

/** Deeper than any page of a real program; what a hostile one saves beyond it is not remembered. */
const savedStatesMax = 1000;

/** Follows one page's operators. Mutable: a page has as many operators as it likes. */
export class PdfTextCursor {
  state: PdfTextState;
  readonly #saved: PdfTextState[] = [];
  readonly #page: PdfMatrix;
  #textMatrix: PdfMatrix = identityMatrix;
  #lineX = 0;
  #lineY = 0;
  /** Position along the line of text, in text space. */
  x = 0;
  y = 0;

  constructor(page: PdfMatrix) {
    this.#page = page;
    this.state = { ...initialTextState, transform: page };
  }

  set(change: Partial<PdfTextState>): void {
    this.state = { ...this.state, ...change };
  }

  save(): void {
    if (this.#saved.length < savedStatesMax) this.#saved.push(this.state);
  }

  restore(): void {
    this.state = this.#saved.pop() ?? this.state;
  }

  transform(matrix: PdfMatrix): void {
    this.set({ transform: multiplyMatrices(matrix, this.state.transform) });
  }

  /** As for an annotation, whose place does not depend on the page's content. */
  resetTransform(): void {
    this.set({ transform: this.#page });
  }

  beginText(matrix: PdfMatrix): void {
    this.#textMatrix = matrix;
    this.x = this.#lineX = 0;
    this.y = this.#lineY = 0;
  }

  moveText(x: number, y: number): void {
    this.x = this.#lineX += x;
    this.y = this.#lineY += y;
  }

  /** Text space to the upright page. */
  get matrix(): PdfMatrix {
    return multiplyMatrices(this.#textMatrix, this.state.transform);
  }
}
