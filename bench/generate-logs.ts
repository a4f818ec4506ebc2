/**
 * Log lines as a few services write them, any number of them and always the same: JSON, logfmt, text of Java with stack
 * traces, an access log and klog, some hundred messages with values of every kind in them; about 190 bytes a line.
 */
import { open } from 'node:fs/promises';

/** 2026-01-06T14:30:00Z in milliseconds. */
const BEGINS_MS = 1_767_709_800_000;
const PIECE_CHARS = 1_000_000;

const USERS = ['ann', 'bob', 'cyd', 'dan', 'eve', 'fay', 'gus', 'hal', 'ida', 'jon', 'kim', 'lea', 'max', 'nia'];
const PARTS = ['cart', 'stock', 'order', 'price', 'mail', 'invoice', 'address', 'voucher', 'return', 'search', 'login'];
const DEEDS = ['loaded', 'stored', 'checked', 'sent', 'queued', 'removed', 'counted', 'renewed', 'merged', 'signed'];

/** That many rows that begin a line; the rows of a stack trace come beside them. */
export async function writeLogs(path: string, lines: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let from = 0, piece = ''; from <= lines; from += 1) {
      if (from < lines) piece += `${rowOf(from)}\n`;
      if (piece.length < PIECE_CHARS && from < lines) continue;
      await file.write(piece);
      piece = '';
    }
  } finally {
    await file.close();
  }
}

/** Small numbers without a pattern that a reader would see, the same in every run. */
function drawn(line: number, salt: number, below: number): number {
  return (Math.imul(line * 31 + salt, 0x9e3779b1) >>> 8) % below;
}

function of(list: readonly string[], line: number, salt: number): string {
  return list[drawn(line, salt, list.length)] ?? '';
}

function rowOf(line: number): string {
  const time = new Date(BEGINS_MS + line * 3).toISOString();
  const part = of(PARTS, line, 1);
  const deed = of(DEEDS, line, 2);
  const ms = drawn(line, 3, 900);
  const id = drawn(line, 4, 16 ** 6);
  const trace = `${id.toString(16).padStart(16, 'a')}${line.toString(16).padStart(16, '0')}`;
  const kind = drawn(line, 5, 100);
  if (kind < 40) {
    const said = `${part} ${deed} for user ${of(USERS, line, 6)} in ${ms} ms`;
    return `{"time":"${time}","level":"info","service":"${part}-service","trace_id":"${trace}","msg":"${said}","order":${id}}`;
  }
  if (kind < 55)
    return `time=${time} level=info service=${part}-service msg="${part} ${id} ${deed}" took=${ms}ms trace_id=${trace}`;
  if (kind < 75) {
    const host = `10.0.${drawn(line, 7, 8)}.${drawn(line, 8, 250)}`;
    return `${time}  INFO 1 --- [nio-8080-exec-${drawn(line, 9, 40)}] c.e.shop.${part}.Service : ${part} ${id} ${deed} by ${host}`;
  }
  if (kind < 93) {
    const status = drawn(line, 10, 50) === 0 ? 503 : 200;
    return `10.0.3.${drawn(line, 11, 250)} - - [${clfTime(time)}] "GET /${part}/${id}?page=${ms} HTTP/1.1" ${status} ${ms} "-" "Mozilla/5.0"`;
  }
  if (kind < 98) return `I0106 ${time.slice(11, 23)}000       1 ${part}.go:42] ${part} ${trace} ${deed}, ${ms} left`;
  return `${time} ERROR 1 --- [main] c.e.shop.${part}.Service : ${part} ${id} not ${deed}\njava.net.ConnectException: Connection refused\n\tat com.example.shop.${part}.Client.call(Client.java:${ms})\n\tat java.base/java.lang.Thread.run(Thread.java:840)`;
}

const CLF_DAY = '06/Jan/2026';

function clfTime(time: string): string {
  return `${CLF_DAY}:${time.slice(11, 19)} +0000`;
}
