/** Groups that hold no text of the document, by the control word that they begin with. */
export const skippedGroups: ReadonlySet<string> = new Set(
  (
    "colortbl pict object objdata themedata colorschememapping datastore latentstyles listtable listoverridetable " +
    "revtbl rsidtbl generator xmlnstbl filetbl fldinst header headerl headerr headerf footer footerl footerr footerf " +
    "ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn nonshppict private atnid atnref atndate annotationtimestamp " +
    "bkmkstart bkmkend datafield formfield mmathPr pgptbl wgrffmtfilter tc tcn xe rxe"
  ).split(" "),
);

/** Groups that a reader may skip when it does not know them (`{\*`), and that hold text all the same. */
export const knownDestinations: ReadonlySet<string> = new Set(["shptxt", "shpinst", "shp", "annotation", "atnauthor"]);

/** Control words that stand for a character or white space. */
export const characters: ReadonlyMap<string, string> = new Map([
  ["tab", "\t"],
  ["line", "\n"],
  ["lbr", "\n"],
  ["emdash", "—"],
  ["endash", "–"],
  ["bullet", "•"],
  ["lquote", "‘"],
  ["rquote", "’"],
  ["ldblquote", "“"],
  ["rdblquote", "”"],
  ["emspace", "\u2003"],
  ["enspace", "\u2002"],
  ["qmspace", "\u2005"],
  ["zwj", "\u200D"],
  ["zwnj", "\u200C"],
]);

/** Code pages by the number of a font's character set (`\fcharset`); others are the document's. */
export const charsetPages: ReadonlyMap<number, number> = new Map([
  [0, 1252],
  [77, 10000],
  [128, 932],
  [129, 949],
  [130, 1361],
  [134, 936],
  [136, 950],
  [161, 1253],
  [162, 1254],
  [163, 1258],
  [177, 1255],
  [178, 1256],
  [186, 1257],
  [204, 1251],
  [222, 874],
  [238, 1250],
  [254, 437],
]);
