import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { nanoUsdCeiling } from "@larder/testkit";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { openGateway } from "../../test/open-gateway.ts";

const clientOf = (url: string) => new OpenAI({ baseURL: url, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user" as const, content: "What keeps?" }];
const call = () => ({ signal: AbortSignal.timeout(5_000) });
const receiptsOf = async ({ larder }: Awaited<ReturnType<typeof openGateway>>) =>
  (await larder.ledger.receipts({ limit: 10 }, call())).data;

it("answers the stock client by the cheapest model, with a receipt whose money is the provider's bill", async () => {
  await using gateway = await openGateway();
  const completion = await clientOf(gateway.url).chat.completions.create({ model: "auto", messages, temperature: 0 });
  expect(completion.model).toBe("acme/small");
  expect(completion.choices[0]).toMatchObject({ message: { content: "Fake answer [1]." }, finish_reason: "stop" });
  const [record] = gateway.provider.records;
  expect(record?.request.body).toMatchObject({ model: "small", temperature: 0, max_tokens: 4_096 });
  expect(completion.usage).toMatchObject({ prompt_tokens: record?.usage.promptTokens });
  const [receipt] = await receiptsOf(gateway);
  expect(receipt).toMatchObject({
    knowledgeBaseId: "none",
    costBasis: "billed",
    route: { attempts: [{ billed: "yes" }] },
  });
  expect(receipt?.cost).toBe(nanoUsdCeiling(record?.bill ?? -1n));
  expect(Reflect.get(completion, "larder")).toMatchObject({ receipt_id: receipt?.id, attempts: 1 });
});

it("streams to the stock client, with the usage in the last chunk and the receipt on disk when the body ends", async () => {
  await using gateway = await openGateway(() => ({ deltas: ["Plums ", "keep", "."] }));
  const { data: stream, response } = await clientOf(gateway.url)
    .chat.completions.create({ model: "large", messages, stream: true, stream_options: { include_usage: true } })
    .withResponse();
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("Plums keep.");
  expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
  expect(chunks.at(-1)).toMatchObject({ choices: [], model: "acme/large", usage: { completion_tokens: 3 } });
  const [receipt] = await receiptsOf(gateway);
  expect(response.headers.get("x-larder-receipt")).toBe(receipt?.id);
  expect(receipt?.route.candidates).toHaveLength(8); // of hundreds
  expect(receipt?.route.candidates.map(({ isEligible }) => isEligible).lastIndexOf(true)).toBe(0);
});

it.each([
  { version: "1.1", isChunked: true },
  { version: "1.0", isChunked: false }, // which knows no chunks: the body ends with the connection
])("streams over HTTP/$version", async ({ version, isChunked }) => {
  await using gateway = await openGateway(() => ({ deltas: ["Plums ", "keep", "."] }));
  const { port, pathname } = new URL(`${gateway.url}/chat/completions`);
  const body = JSON.stringify({ model: "small", messages, stream: true });
  const head = ["host: localhost", "connection: close", "content-type: application/json"].join("\r\n");
  const socket = connect(Number(port), "127.0.0.1");
  socket.write(`POST ${pathname} HTTP/${version}\r\n${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  const [headers = "", ...parts] = (await text(socket)).split("\r\n\r\n");
  expect(headers).toContain("200 OK");
  expect(/^transfer-encoding: chunked$/im.test(headers)).toBe(isChunked);
  expect(parts.join("\r\n\r\n")).toContain("data: [DONE]");
  expect(parts.join("\r\n\r\n").startsWith("data: ")).toBe(!isChunked); // else its length stands before it
});

it("keeps a policy of the body and one of the header, and refuses both with a named model list", async () => {
  await using gateway = await openGateway();
  const client = clientOf(gateway.url);
  const byHeader = { headers: { "x-larder-policy": JSON.stringify({ models: ["large"] }) } };
  expect((await client.chat.completions.create({ model: "auto", messages }, byHeader)).model).toBe("acme/large");
  const body = { model: "auto", messages, larder: { policy: { max_cost_usd: "0" } } };
  await expect(client.chat.completions.create(body)).rejects.toMatchObject({
    status: 422,
    code: "POLICY_UNSATISFIABLE",
  });
  await expect(client.chat.completions.create({ model: "small", messages }, byHeader)).rejects.toMatchObject({
    status: 400,
    code: "REQUEST_INVALID",
    type: "invalid_request_error",
    param: "larder.policy.models",
  });
});

it.each([
  { what: "an unknown model", body: { model: "none", messages }, error: { status: 400, code: "MODEL_UNKNOWN" } },
  { what: "tools", body: { model: "auto", messages, tools: [] }, error: { status: 400, param: "tools" } },
  { what: "no messages", body: { model: "auto", messages: [] }, error: { status: 400, param: "messages" } },
  { what: "two answers", body: { model: "auto", messages, n: 2 }, error: { status: 400, param: "n" } },
])("refuses $what in OpenAI's form, and sends nothing", async ({ body, error }) => {
  await using gateway = await openGateway();
  const sent = clientOf(gateway.url).chat.completions.create(body as OpenAI.ChatCompletionCreateParamsNonStreaming);
  await expect(sent).rejects.toMatchObject(error);
  expect(gateway.provider.arrivals).toBe(0);
});

it("moves on before the first text, and writes both attempts down", async () => {
  await using gateway = await openGateway(({ model }) =>
    model === "small" ? { deltas: [], fault: { kind: "status", status: 503 } } : { deltas: ["From large."] },
  );
  const completion = await clientOf(gateway.url).chat.completions.create({ model: "auto", messages });
  expect(completion.model).toBe("acme/large");
  const [receipt] = await receiptsOf(gateway);
  expect(receipt?.route.attempts.map(({ model, billed }) => [model, billed])).toEqual([
    ["small", "no"],
    ["large", "yes"],
  ]);
});

it("ends a stream that breaks off in an error, never in another model's words", async () => {
  await using gateway = await openGateway(() => ({
    deltas: ["Plums ", "keep"],
    fault: { kind: "reset", afterDeltas: 1 },
  }));
  const stream = await clientOf(gateway.url).chat.completions.create({ model: "auto", messages, stream: true });
  let text = "";
  const read = async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  };
  await expect(read()).rejects.toMatchObject({ code: "PROVIDER_STREAM_BROKEN" });
  expect(text).toBe("Plums ");
  expect(gateway.provider.arrivals).toBe(1);
  expect(await receiptsOf(gateway)).toMatchObject([{ errorCode: "PROVIDER_STREAM_BROKEN" }]);
});

it("stops the provider when the client leaves, and writes down that the bill is unknown", async () => {
  await using gateway = await openGateway(() => ({
    deltas: ["Plums ", "keep"],
    fault: { kind: "stall", afterDeltas: 1 },
  }));
  const stream = await clientOf(gateway.url).chat.completions.create({ model: "auto", messages, stream: true });
  for await (const _ of stream) break;
  const [record] = await gateway.provider.recorded(1);
  expect(record?.outcome).toBe("closed_by_client");
  await expect.poll(() => receiptsOf(gateway)).toMatchObject([{ errorCode: "REQUEST_ABORTED", costBasis: "unpriced" }]);
});

it("gives one Idempotency-Key one upstream call, streaming too", async () => {
  await using gateway = await openGateway(() => ({ deltas: ["Once ", "only."] }));
  const client = clientOf(gateway.url);
  const ask = async () => {
    const stream = await client.chat.completions.create(
      { model: "auto", messages, stream: true },
      { headers: { "idempotency-key": "k1" } },
    );
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    return text;
  };
  expect([await ask(), await ask()]).toEqual(["Once only.", "Once only."]);
  expect(gateway.provider.arrivals).toBe(1);
});

it("lists models to the stock client", async () => {
  await using gateway = await openGateway();
  const ids: string[] = [];
  for await (const model of clientOf(gateway.url).models.list()) ids.push(model.id);
  expect(ids).toEqual(expect.arrayContaining(["acme/small", "acme/large"]));
});
