/**
 * pdf.js hands fonts over with `ArrayBuffer.prototype.transferToFixedLength` (ECMAScript 2024), which Node has from 22
 * on; without it every page of operators would end at its first font. Only the parser's process loads this.
 */
export function provideArrayBufferTransfer(): void {
  if ("transferToFixedLength" in ArrayBuffer.prototype) return;
  Object.defineProperty(ArrayBuffer.prototype, "transferToFixedLength", {
    configurable: true,
    writable: true,
    value: function transferToFixedLength(this: ArrayBuffer, length = this.byteLength): ArrayBuffer {
      const moved = structuredClone(this, { transfer: [this] });
      if (length === moved.byteLength) return moved;
      const resized = new Uint8Array(length);
      resized.set(new Uint8Array(moved, 0, Math.min(length, moved.byteLength)));
      return resized.buffer;
    },
  });
}
