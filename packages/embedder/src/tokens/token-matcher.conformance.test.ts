import { describeTokenMatcher } from "@larder/testkit";
import { openTokenMatcher } from "./open-token-matcher.ts";

describeTokenMatcher("the carried model's token matcher", openTokenMatcher);
