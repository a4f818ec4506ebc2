/**
 * A body of rows, each a log line or a part of one: JSON, text, or both mixed. An object may span several rows, in
 * pretty-printed form.
 */

import type { Damage } from '#decode/body-decoder.ts';
import { parsed } from '#decode/json-value.ts';
import type { LogEntries, LogEntry } from '#decode/log-entry.ts';
import type { Labels } from '#decode/log-labels.ts';
import type { LogLines } from '#decode/log-lines.ts';
import { logRows } from '#decode/log-rows.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

export type LogReader = Readonly<{
  push(chunk: Uint8Array): void;
  end(): Damage;
  /** Whether the content is a log, with or without lines. */
  isLog(): boolean;
  /** How many rows were truncated. */
  tooLong(): number;
}>;

/** An object that was begun by a row with its brace alone. */
type OpenObject = { rows: string[]; length: number };

const LONGEST_OBJECT = 1_048_576;

export function rowReader(lines: LogLines, entries: LogEntries): LogReader {
  const damage = { isCut: false, damagedLines: 0, lines: 0, firstDamaged: 0 };
  /** A text row without a time gets the time of the previous row of its stream. */
  const lastTimes = new Map<Labels, string>();
  let row = 0;
  let isLog = false;
  /** Its rows are lines of a store: text among them is damage. Text among what programs write is theirs. */
  let isStored = false;
  let lastIsText = false;
  let lastIsDamaged = false;
  let open: OpenObject | undefined;

  const addObject = (object: JsonObject, written: string): void => {
    const entry = entries.ofObject(object, written);
    if (entry === undefined) return;
    isStored ||= entry.isStored === true;
    add(entry, false);
  };
  const addText = (text: string): void => {
    const entry = entries.ofText(text);
    add(entry, entry.timeNs === undefined && lastIsText && lastTimes.has(entry.labels));
    lastIsText = true;
  };
  const add = ({ timeNs, line, labels, text }: LogEntry, isUntimed: boolean): void => {
    isLog ||= timeNs !== undefined || (text?.head?.level ?? '') !== '' || Object.keys(text?.parts ?? NONE).length > 0;
    if (timeNs !== undefined) lastTimes.set(labels, timeNs);
    lastIsText = false;
    const found = { timeNs: timeNs ?? lastTimes.get(labels), line, stream: labels, isUntimed };
    lines.add(text === undefined ? found : { ...found, text });
  };
  const damaged = (): void => {
    damage.damagedLines += 1;
    damage.firstDamaged ||= row;
    lastIsDamaged = true;
  };
  /** Whether the row belongs to an object that goes over several. */
  const goesOn = (text: string): boolean => {
    if (open === undefined) {
      if (text.charCodeAt(0) !== OPEN_BRACE || text.trimEnd() !== '{') return false;
      open = { rows: [], length: 0 };
    }
    open.rows.push(text);
    open.length += text.length;
    if (/^\}[,\s]*$/.test(text) || open.length > LONGEST_OBJECT) closeObject();
    return true;
  };
  const closeObject = (): void => {
    if (open === undefined) return;
    const { rows } = open;
    open = undefined;
    const object = objectOf(rows.join('\n').replace(/,\s*$/, ''));
    if (object) addObject(object, JSON.stringify(object));
    else for (const text of rows) addText(text);
  };
  const take = (text: string): void => {
    row += 1;
    if (goesOn(text) || text.trim() === '') return;
    damage.lines += 1;
    lastIsDamaged = false;
    const written = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
    const object = written.trimStart().startsWith('{') ? objectOf(written) : undefined;
    if (object) addObject(object, written.trim());
    else if (isStored || written.startsWith('{"')) damaged();
    else addText(written);
  };
  const rows = logRows(take);
  return {
    push: rows.push,
    end() {
      rows.end();
      closeObject();
      // Damage at the end means that the body was truncated there.
      if (lastIsDamaged && damage.damagedLines > 0) {
        damage.isCut = true;
        damage.damagedLines -= 1;
      }
      return damage;
    },
    isLog: () => isLog,
    tooLong: rows.tooLong,
  };
}

const NONE = {};
const [OPEN_BRACE, BYTE_ORDER_MARK] = [123, 0xfeff];

function objectOf(text: string): JsonObject | undefined {
  const value = parsed(text);
  return isObject(value) ? value : undefined;
}
