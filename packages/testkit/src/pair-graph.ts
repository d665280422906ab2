/**
 * A sequence-classification graph in ONNX, written by hand: how much of its second text a pair shares with its first.
 *
 * Each token has one of 64 directions by its hash; the texts are told apart by `token_type_ids` and summed; the logit is the dot
 * product of the two sums, divided by the tokens of the second. What matters is the form (inputs `input_ids`,
 * `attention_mask`, `token_type_ids`, output `logits`), which is that of a BERT cross-encoder.
 *
 * The encoding is protobuf's: a field is its number and wire type as a varint, then a varint or a length and bytes.
 * @source https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the numbers of the fields
 */
export interface PairGraph {
  readonly vocabularySize: number;
  /** Ids that count nothing, such as `[CLS]` and `[SEP]`. */
  readonly silentIds: readonly number[];
  /** 1 or more; logit `i` is `factors[i]` times the shared part. */
  readonly factors: readonly number[];
}

const width = 64; // of a token's vector
const dataTypes = { float: 1, int64: 7 } as const;

export function encodePairGraph({ vocabularySize, silentIds, factors }: PairGraph): Uint8Array {
  const table = new Float32Array(vocabularySize * width);
  const silent = new Set(silentIds);
  for (let id = 0; id < vocabularySize; id++) {
    const direction = (Math.imul(id, 2_654_435_761) >>> 0) % width; // Knuth's multiplier spreads neighbouring ids
    if (!silent.has(id)) table[id * width + direction] = 1;
  }
  const nodes = [
    node("Gather", ["table", "input_ids"], "vectors"),
    node("Cast", ["token_type_ids"], "second", [["to", dataTypes.float]]),
    node("Cast", ["attention_mask"], "all", [["to", dataTypes.float]]),
    node("Sub", ["all", "second"], "first"),
    node("Unsqueeze", ["first", "last_axis"], "first_column"),
    node("Unsqueeze", ["second", "last_axis"], "second_column"),
    node("Mul", ["vectors", "first_column"], "first_vectors"),
    node("Mul", ["vectors", "second_column"], "second_vectors"),
    node("ReduceSum", ["first_vectors", "token_axis"], "first_sum", [["keepdims", 0]]),
    node("ReduceSum", ["second_vectors", "token_axis"], "second_sum", [["keepdims", 0]]),
    node("Mul", ["first_sum", "second_sum"], "products"),
    node("ReduceSum", ["products", "last_axis"], "shared", [["keepdims", 1]]),
    node("ReduceSum", ["second", "token_axis"], "second_tokens", [["keepdims", 1]]),
    node("Div", ["shared", "second_tokens"], "shared_part"),
    node("Mul", ["shared_part", "factors"], "logits"),
  ];
  const graph = bytes([
    ...nodes.map((each) => field(1, each)),
    field(2, text("pairs")),
    field(5, tensor("table", dataTypes.float, [vocabularySize, width], table)),
    field(5, tensor("last_axis", dataTypes.int64, [1], BigInt64Array.of(-1n))),
    field(5, tensor("token_axis", dataTypes.int64, [1], BigInt64Array.of(1n))),
    field(5, tensor("factors", dataTypes.float, [factors.length], Float32Array.from(factors))),
    ...["input_ids", "attention_mask", "token_type_ids"].map((name) =>
      field(11, valueInfo(name, dataTypes.int64, ["batch", "tokens"])),
    ),
    field(12, valueInfo("logits", dataTypes.float, ["batch", factors.length])),
  ]);
  const operators = bytes([field(1, text("")), number(2, 17)]);
  return bytes([number(1, 8), field(7, graph), field(8, operators)]);
}

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly [string, number][] = [],
) {
  return bytes([
    ...inputs.map((input) => field(1, text(input))),
    field(2, text(output)),
    field(4, text(operator)),
    ...attributes.map(([name, value]) => field(5, bytes([field(1, text(name)), number(3, value), number(20, 2)]))),
  ]);
}

function tensor(name: string, type: number, dimensions: readonly number[], data: Float32Array | BigInt64Array) {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const sizes = dimensions.map((size) => number(1, size));
  return bytes([...sizes, number(2, type), field(8, text(name)), field(9, raw)]);
}

function valueInfo(name: string, type: number, dimensions: readonly (string | number)[]): Uint8Array {
  const sizes = dimensions.map((size) => field(1, typeof size === "number" ? number(1, size) : field(2, text(size))));
  const tensorType = bytes([number(1, type), field(2, bytes(sizes))]);
  return bytes([field(1, text(name)), field(2, field(1, tensorType))]);
}

/** A field of wire type 2: a length and that many bytes. */
function field(id: number, content: Uint8Array): Uint8Array {
  return bytes([varint(id * 8 + 2), varint(content.length), content]);
}

/** A field of wire type 0. */
function number(id: number, value: number): Uint8Array {
  return bytes([varint(id * 8), varint(value)]);
}

function varint(value: number): Uint8Array {
  const groups: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) groups.push((rest % 128) + 128);
  return Uint8Array.from([...groups, rest]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function bytes(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
