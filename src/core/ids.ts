import type { Clock } from '#core/clock.ts';

/** Makes a new UUIDv7: sortable by time, so that a table stores its rows in order of creation. */
export type NewId = () => string;

/** Fills the bytes at random and returns them. */
export type FillWithChance = (bytes: Buffer) => Buffer;

/**
 * RFC 9562 §5.7: 48 bits of milliseconds, then a counter, then random bits under the version and variant marks. The
 * counter (§6.2, method 1) keeps the ids of one millisecond in order; if it overflows, it borrows from the next
 * millisecond.
 */
export function uuidV7(clock: Clock, fill: FillWithChance = systemChance()): NewId {
  let ms = 0;
  let counter = 0;
  return () => {
    const bytes = fill(Buffer.alloc(16));
    const nowMs = Math.floor(clock.nowUs() / 1000);
    if (nowMs > ms) {
      ms = nowMs;
      counter = bytes.readUInt16BE(6) & COUNTER_START_MAX;
    } else if (++counter > COUNTER_MAX) {
      ms++;
      counter = 0;
    }
    bytes.writeUIntBE(ms, 0, 6);
    bytes.writeUInt16BE(0x7000 | counter, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

/** Loaded late, because most command lines create no id. */
function systemChance(): FillWithChance {
  const { randomFillSync } = process.getBuiltinModule('node:crypto');
  return (bytes) => randomFillSync(bytes);
}

/** Twelve bits. It starts in the lower half, so that there is room to count. */
const COUNTER_MAX = 0xfff;
const COUNTER_START_MAX = 0x7ff;
