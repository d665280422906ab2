import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { decodeText } from "./decode-text.ts";

const russian = "Быстрая коричневая лиса прыгает через ленивую собаку у реки, а потом отдыхает. ";
const japanese = "日本語の文章はここにあります。これは試験のための文章です。\n";
const korean = "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. ";
const chinese = "这是一个用来测试编码识别的中文句子，里面有很多常用的汉字。\n";

describe("the encoding of bytes", () => {
  it.each([
    { encoding: "koi8-r", text: russian },
    { encoding: "windows-1251", text: russian },
    { encoding: "iso-8859-5", text: russian },
    { encoding: "utf-16le", text: russian },
    { encoding: "utf-16be", text: russian },
    { encoding: "euc-jp", text: japanese },
    { encoding: "shift_jis", text: japanese },
    { encoding: "utf-16be", text: japanese },
    { encoding: "euc-kr", text: korean },
    { encoding: "utf-16le", text: korean },
    { encoding: "gb18030", text: chinese },
    { encoding: "utf-16le", text: chinese },
    { encoding: "big5", text: "這是一個用來測試編碼識別的中文句子，裡面有很多常用的漢字。" },
    { encoding: "windows-1250", text: "Zażółć gęślą jaźń, a potem źrebię pobiegło łąką ku rzece i świętowało. " },
    { encoding: "windows-1253", text: "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στα δικαιώματα. " },
    { encoding: "windows-1254", text: "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. " },
    { encoding: "windows-1255", text: "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. " },
    { encoding: "windows-1256", text: "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. " },
    {
      encoding: "windows-1257",
      text: "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas protas. ",
    },
  ])("is found for $encoding without a mark", ({ encoding, text }) => {
    expect(decodeText(iconv.encode(text.repeat(5), encoding)).text).toBe(text.repeat(5));
  });

  it.each([
    { encoding: "iso-2022-jp", bytes: "\u001B$B$3$s$K$A$O\u001B(B abc", text: "こんにちは abc" },
    { encoding: "iso-2022-kr", bytes: "\u001B$)Cabc \u000E>H3g\u000F def", text: "abc 안녕 def" },
    { encoding: "iso-2022-cn", bytes: "\u001B$)A\u000EVPND\u000F abc", text: "中文 abc" },
  ])("is told by the escape sequences of $encoding", ({ encoding, bytes, text }) => {
    expect(decodeText(Buffer.from(bytes, "latin1"))).toEqual({ text, encoding, warnings: [] });
  });

  it("is never UTF-7, by which scripts were smuggled past filters", () => {
    const text = "+ADw-script+AD4-";
    expect(decodeText(Buffer.from(text)).text).toBe(text);
  });

  it("is not UTF-16 for a text with some NUL", () => {
    const text = "a\0b words and words\0 ".repeat(20);
    expect(decodeText(Buffer.from(text))).toMatchObject({ text, encoding: "utf-8" });
  });
});
