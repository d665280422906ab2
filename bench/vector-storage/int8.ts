/** A vector as bytes: each value over the vector's greatest, times 127. Four bytes more hold the scale. */
export interface Int8Vector {
  readonly values: Int8Array;
  readonly scale: number;
}

export function toInt8(vector: Float32Array): Int8Vector {
  const greatest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = Math.fround(greatest / 127);
  return { values: Int8Array.from(vector, (value) => Math.round(value / scale)), scale };
}

/** What is left of it, as a unit vector. */
export function fromInt8({ values, scale }: Int8Vector): Float32Array {
  const vector = Float32Array.from(values, (value) => value * scale);
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}
