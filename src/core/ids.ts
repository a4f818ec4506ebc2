import { randomFillSync } from 'node:crypto';
import type { Clock } from '#core/clock.ts';

/** Makes a new UUIDv7: sortable by time, so that rows of one table are stored in the order in which they came. */
export type NewId = () => string;

/** RFC 9562 §5.7: 48 bits of milliseconds, then random bits under the version and variant marks. */
export function uuidV7(clock: Clock): NewId {
  return () => {
    const bytes = randomFillSync(Buffer.alloc(16));
    bytes.writeUIntBE(Math.floor(clock.nowUs() / 1000), 0, 6);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}
