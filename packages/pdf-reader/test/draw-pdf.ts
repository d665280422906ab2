import { assemblePdf } from "@larder/testkit";

export interface DrawPdfOptions {
  /** Bodies of further objects, by number; from 100 on. Their streams included. */
  readonly objects?: Readonly<Record<number, string | Buffer>>;
  /** Further entries of the catalog, of each page and of each page's fonts. */
  readonly catalog?: string;
  readonly page?: string;
  readonly fonts?: string;
}

/** A PDF whose pages have these content streams; `/F1` is Helvetica, `/F2` its bold, `/F3` Courier. */
export function drawPdf(contents: readonly (string | Buffer)[], options: DrawPdfOptions = {}): Uint8Array {
  const kids = contents.map((_, index) => `${6 + 2 * index} 0 R`).join(" ");
  const objects: (string | Buffer)[] = [
    `<< /Type /Catalog /Pages 2 0 R ${options.catalog ?? ""} >>`,
    `<< /Type /Pages /Count ${contents.length} /Kids [${kids}] >>`,
    ...["Helvetica", "Helvetica-Bold", "Courier"].map((name) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} >>`),
  ];
  contents.forEach((content, index) => {
    const fonts = `/Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R ${options.fonts ?? ""} >>`;
    const place = `/Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${7 + 2 * index} 0 R`;
    objects.push(`<< /Type /Page ${place} /Resources << ${fonts} >> ${options.page ?? ""} >>`, streamOf(content));
  });
  const further = options.objects ?? {};
  const last = Math.max(0, ...Object.keys(further).map(Number));
  for (let number = objects.length + 1; number <= last; number += 1) objects.push(further[number] ?? "null");
  return assemblePdf(
    objects.map((body) => Buffer.from(body as string, "latin1")),
    "/Root 1 0 R",
  );
}

/** A stream object; `entries` are further ones of its dictionary. */
export function streamOf(data: string | Buffer, entries = ""): Buffer {
  const bytes = Buffer.from(data as string, "latin1");
  const head = Buffer.from(`<< /Length ${bytes.length} ${entries} >>\nstream\n`);
  return Buffer.concat([head, bytes, Buffer.from("\nendstream")]);
}

export interface DrawnText {
  readonly text: string;
  readonly x?: number;
  readonly y: number;
  readonly size?: number;
  readonly font?: "F1" | "F2" | "F3" | "F4";
  /** Operators before the text, such as a colour. */
  readonly state?: string;
}

/** The content stream of these texts, in this order; the text is that of a PDF string. */
export function drawTexts(texts: readonly DrawnText[]): string {
  return texts
    .map(({ text, x = 72, y, size = 10, font = "F1", state = "" }) => {
      const string = text.startsWith("[") ? `${text} TJ` : `(${text.replace(/[()]/gu, "\\$&")}) Tj`;
      return `q ${state} BT /${font} ${size} Tf 1 0 0 1 ${x} ${y} Tm ${string} ET Q`;
    })
    .join("\n");
}
