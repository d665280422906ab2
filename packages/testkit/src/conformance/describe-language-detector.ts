import type { LanguageDetector } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** First sentences of the Universal Declaration of Human Rights. */
const declarations: Readonly<Record<string, string>> = {
  ar: "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
  bg: "Всички хора се раждат свободни и равни по достойнство и права.",
  cs: "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv.",
  da: "Alle mennesker er født frie og lige i værdighed og rettigheder.",
  de: "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
  el: "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
  en: "All human beings are born free and equal in dignity and rights.",
  es: "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
  fa: "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند.",
  fi: "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan.",
  fr: "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
  he: "כל בני אדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
  hi: "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
  hu: "Minden emberi lény szabadon születik és egyenlő méltósága és joga van.",
  it: "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.",
  ja: "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
  ko: "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
  nl: "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.",
  pl: "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.",
  pt: "Todos os seres humanos nascem livres e iguais em dignidade e em direitos.",
  ru: "Все люди рождаются свободными и равными в своем достоинстве и правах.",
  sv: "Alla människor är födda fria och lika i värde och rättigheter.",
  ta: "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.",
  th: "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
  tr: "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.",
  uk: "Всі люди народжуються вільними і рівними у своїй гідності та правах.",
  vi: "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền.",
  zh: "人人生而自由，在尊严和权利上一律平等。",
};

export function describeLanguageDetector(name: string, create: () => LanguageDetector): void {
  describe(`${name} keeps the LanguageDetector contract`, () => {
    it.each(Object.entries(declarations))("knows a sentence of %s", (language, text) => {
      expect(create().detect(text)).toMatchObject({ language });
    });

    it.each(["", " \n\t", "12,345.67 €", "\0", "\ud800", "?!… --"])("says nothing about %j", (text) => {
      expect(create().detect(text)).toBeUndefined();
    });

    it("chooses from the languages it is given, and from no other", () => {
      const detector = create();
      const german = "Alle Menschen sind frei";
      expect(detector.detect(german, new Set(["en", "de"]))).toMatchObject({ language: "de" });
      expect(detector.detect(german, new Set(["en"]))?.language ?? "en").toBe("en");
      expect(detector.detect("人人生而自由", new Set(["en", "de"]))).toBeUndefined();
      expect(detector.detect(german, new Set())).toBeUndefined();
    });

    it("is surer of a sentence than of one word", () => {
      const detector = create();
      const word = detector.detect("Rolle")?.confidence ?? 0;
      expect(detector.detect("Welche Rolle spielen die Menschen in dieser Geschichte?")?.confidence).toBeGreaterThan(
        word,
      );
    });

    it("takes any text, says the same each time, and is between 0 and 1 sure", () => {
      const detector = create();
      const among = new Set(["en", "de", "ru", "zh"]);
      const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.lorem());
      fc.assert(
        fc.property(text, (each) => {
          const found = detector.detect(each);
          expect(detector.detect(each)).toEqual(found);
          expect(found?.confidence ?? 0).toBeGreaterThanOrEqual(0);
          expect(found?.confidence ?? 0).toBeLessThanOrEqual(1);
          expect(among).toContain(detector.detect(each, among)?.language ?? "en");
        }),
      );
    });
  });
}
