type Column = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** Returns a larger copy of the array. */
export function growArray<T extends Column>(array: T, length = array.length * 2): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}
