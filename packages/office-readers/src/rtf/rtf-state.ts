/** What holds until a group ends. */
export interface RtfGroup {
  /** Text of this group is none of the document's. */
  isSkipped: boolean;
  /** `{\*` came: the next word says whether to skip. */
  isOptional: boolean;
  /** The table that this group is a part of, or the text of the document. */
  part: "text" | "fonts" | "styles" | "title" | "info";
  font: number;
  /** Bytes that stand in for one `\u` character. */
  standIns: number;
  isHidden: boolean;
}

export const outermostGroup: RtfGroup = {
  isSkipped: false,
  isOptional: false,
  part: "text",
  font: -1,
  standIns: 1,
  isHidden: false,
};

/** What holds until `\pard`. */
export interface RtfParagraph {
  style: number;
  /** 1 … 9 for a heading; 0 for text. */
  level: number;
  isInTable: boolean;
  isListItem: boolean;
}

export const plainParagraph: RtfParagraph = { style: 0, level: 0, isInTable: false, isListItem: false };

/** A style's number and name, while the table of styles is read. */
export interface OpenStyle {
  number: number;
  level: number;
  name: string;
}

/** The level of headings by the names that Word gives them in any file; 0 for others. */
export function levelOfName(name: string): number {
  if (/^title\b/iu.test(name)) return 1;
  const digit = /^heading\s*(\d)\b/iu.exec(name.trim())?.[1];
  return digit === undefined ? 0 : Number(digit);
}
