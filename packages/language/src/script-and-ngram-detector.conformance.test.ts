import { describeLanguageDetector } from "@larder/testkit";
import { createLanguageDetector } from "./script-and-ngram-detector.ts";

describeLanguageDetector("scripts and n-grams", createLanguageDetector);
