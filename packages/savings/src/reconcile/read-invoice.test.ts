import { nanoUsd } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { readInvoice } from "./read-invoice.ts";

const cells = (...lines: readonly string[]) => lines.map((line) => line.split(";"));
const usd = (text: string) => nanoUsd(BigInt(Math.round(Number(text) * 1e9)));

describe("the exports of providers", () => {
  it("reads Anthropic's costs by token type, and leaves out what is for no model", () => {
    const { shape, provider, lines } = readInvoice(
      cells(
        "usage_date_utc;model;workspace;api_key;usage_type;context_window;token_type;cost_usd;list_price_usd;cost_type",
        "2026-11-04;Claude Haiku 4.5;Default;k;message;≤ 200k;input_no_cache;0.05;0.05;token",
        "2026-11-04;Claude Haiku 4.5;Default;k2;message;≤ 200k;input_no_cache;0.02;0.02;token",
        "2026-11-04;Claude Haiku 4.5;Default;k;message;≤ 200k;input_cache_write_5m;0.01;0.01;token",
        "2026-11-04;;Default;k;web_search;;;0.30;0.30;search",
      ),
    );
    expect([shape, provider]).toEqual(["Anthropic cost export", "anthropic"]);
    expect(lines).toEqual([
      { day: "2026-11-04", model: "Claude Haiku 4.5", bucket: "input_cache_write", cost: usd("0.01") },
      { day: "2026-11-04", model: "Claude Haiku 4.5", bucket: "input_fresh", cost: usd("0.07") },
    ]);
  });

  it("reads Anthropic's usage as tokens, without money", () => {
    const { lines } = readInvoice(
      cells(
        "usage_date_utc;model_version;api_key;usage_input_tokens_no_cache;usage_input_tokens_cache_write_5m;usage_input_tokens_cache_write_1h;usage_input_tokens_cache_read;usage_output_tokens;web_search_count",
        "2026-11-22;claude-haiku-4-5-20251001;k;50000;3;0;7;2000;0",
      ),
    );
    expect(lines.map(({ bucket, tokens, cost }) => [bucket, tokens, cost])).toEqual([
      ["input_cache_read", 7, undefined],
      ["input_cache_write", 3, undefined],
      ["input_cache_write_long", 0, undefined],
      ["input_fresh", 50_000, undefined],
      ["output", 2_000, undefined],
    ]);
  });

  it("reads OpenAI's line items, whose model stands before the comma", () => {
    const { provider, lines } = readInvoice(
      cells(
        "start_time;end_time;start_time_iso;amount_value;amount_currency;line_item;project_id",
        "1795219200;1795305600;2026-11-21T00:00:00+00:00;0.25;usd;gpt-4o-2024-08-06, input;p",
        "1795219200;1795305600;2026-11-21T00:00:00+00:00;0.05;usd;gpt-4o-2024-08-06, cached input;p",
        "1795219200;1795305600;2026-11-21T00:00:00+00:00;1e-7;usd;gpt-4o-2024-08-06, output;p",
        "1795219200;1795305600;2026-11-21T00:00:00+00:00;3;usd;Vector stores;p",
      ),
    );
    expect(provider).toBe("openai");
    expect(lines.map(({ model, bucket, cost }) => [model, bucket, cost])).toEqual([
      ["gpt-4o-2024-08-06", "input_cache_read", 50_000_000n],
      ["gpt-4o-2024-08-06", "input_fresh", 250_000_000n],
      ["gpt-4o-2024-08-06", "output", 100n],
    ]);
  });

  it.each([
    {
      what: "by day",
      head: "\uFEFFDate;Slug;Usage;BYOK Usage;Requests;Prompt Tokens;Completion Tokens;Reasoning Tokens",
      row: "2026-11-12 00:00:00;anthropic/claude-opus-4.7;4.5;0;41;70965;3009;0",
    },
    {
      what: "by generation",
      head: "generation_id;created_at;cost_total;tokens_prompt;tokens_completion;tokens_reasoning;model_permaslug",
      row: "gen-1;2026-11-12T09:10:11Z;4.5;70965;3009;0;anthropic/claude-opus-4.7",
    },
  ])("reads OpenRouter's activity $what", ({ head, row }) => {
    const { provider, lines } = readInvoice(cells(head, row));
    const common = { day: "2026-11-12", model: "anthropic/claude-opus-4.7" };
    expect(provider).toBe("openrouter");
    expect(lines).toEqual([
      { ...common, bucket: "all", cost: usd("4.5") },
      { ...common, bucket: "input", tokens: 70_965 },
      { ...common, bucket: "output", tokens: 3_009 },
    ]);
  });

  it("reads any table of date, model and cost, in seconds or as a date, and nobody's in particular", () => {
    const { provider, lines } = readInvoice(
      cells("Day;Model;Cost USD;Tokens;Bucket", "1795219200;m-small;$0.5;12;output", "2026-11-21;m-small;0.25;;all"),
    );
    expect(provider).toBeUndefined();
    expect(lines).toEqual([
      { day: "2026-11-21", model: "m-small", bucket: "all", cost: usd("0.25"), tokens: 0 },
      { day: "2026-11-21", model: "m-small", bucket: "output", cost: usd("0.5"), tokens: 12 },
    ]);
  });
});

describe("what is no invoice", () => {
  it.each([
    ["an empty file", []],
    ["other columns", cells("name;price", "x;1")],
    ["a usage export without money or tokens", cells("start_time;end_time;start_time_iso;end_time_iso", "1;2;3;4")],
  ])("%s is refused with the columns that were found and those that are known", (_, given) => {
    let problems: unknown;
    try {
      readInvoice(given);
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: "INVOICE_UNREADABLE" });
      problems = (thrown as { details: { problems: string } }).details.problems;
    }
    expect(problems).toContain("known are Anthropic cost export: usage_date_utc");
  });

  it.each([
    ["yesterday;m;1", 'date: "yesterday"'],
    ["2026-11-21;m;much", 'cost: "much"'],
    ["2026-11-21;m;", 'cost: ""'],
  ])("%s is refused by its cell", (row, problem) => {
    expect(() => readInvoice(cells("date;model;cost", row))).toThrow(
      expect.objectContaining({ details: { problems: problem } }),
    );
  });
});
