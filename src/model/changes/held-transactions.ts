/**
 * Calls that are inside of a transaction: its rows stay locked, and its connection stays taken, for as long as the other
 * side needs.
 *
 *   -    with db.begin():              +    with db.begin():
 *   -        take_stock(order)         +        take_stock(order)
 *   -    pay(order)                    +        pay(order)            ← moved in, whatever its name
 */
import type { DiffLine } from '#model/changes/diff-lines.ts';
import { type Effect, effect } from '#model/changes/effect.ts';

/** Ecto, ActiveRecord, Django, Spring, EF Core, Laravel, Knex, Prisma, Sequelize, sqlx, database/sql, SQLAlchemy. */
const OPENS_TRANSACTION =
  /\bRepo\.transaction\b|\btransaction(?:\.atomic|al)?\b.{0,40}(?:\bdo\b|\{|:|\(|->|=>)|@Transactional\b|\b[Bb]egin(?:Tx|Transaction)?(?:Async)?\(|\bTransactionScope\b|\bDB::transaction\b|\binTransaction\b|\bwithTransaction\b|\bSET\s{1,8}TRANSACTION\b/;
const ENDS_TRANSACTION = /\.(?:[Cc]ommit|[Rr]ollback)(?:Async)?\(/;
/** Go: it ends where the function does. */
const LATER = /\bdefer\b/;
/** The block that the line opens, it closes as well. */
const ENDS_LINE = /\bend\)?\s*$|\}\)?;?\s*$/;
/** The lines of the block are farther in: Python, Ruby, Elixir, and languages with braces. */
const OPENS_BLOCK = /(?:[:{(]|->|=>|\bdo(?:\s{1,3}\|[^|]{0,60}\|)?)\s*$/;
/** A call on a receiver, and any call. */
const CALL = /\b([A-Za-z_]\w{1,60}(?:\.[A-Za-z_]\w{1,60}){0,3}\.[A-Za-z_]\w{1,60}[!?]?)\s?\(/g;
const ANY_CALL = /(?<![\w.])((?:[A-Za-z_]\w{0,60}\.){0,4}[A-Za-z_]\w{1,60}[!?]?)\s?\(/g;
/** Who is asked over the network: a client, a gateway, a partner. */
const OUTSIDE =
  /client|partner|gateway|\bhttps?\b|\bfetch\b|\baxios\b|requests\.|provider|remote|\bapi\b|webhook|grpc|stub|adapter|publish|producer|kafka|mailer|\.confirm\b|\.charge\b|\.authori[sz]e\b/i;
/** Words of languages, what is done at once, and what talks to the store itself. */
const AT_ONCE =
  /^(?:if|for|while|switch|match|return|func|function|def|catch|with|await|using|len|str|int|format|print\w{0,2}|range|new|require|super)$|\blog(?:ger|ging)?\b|\bmetrics?\b|(?:^|\.)(?:flush|save\w{0,3}|commit|rollback|validate|check\w{0,20}|assert\w{0,20}|map|filter|append|push|add|get|set|format|toString|now)[!?]?$/i;

type Placed = Readonly<{ text: string; isInside: boolean; isChanged: boolean }>;

export function ofTransactions(lines: readonly DiffLine[]): Effect[] {
  const begun = neverEnded(lines);
  if (begun !== '') return effect('never-closed', `it begins a transaction and never ends it (${begun})`);
  const [called] = heldCalls(lines);
  if (called !== undefined) return effect('call-in-transaction', `it calls ${called} inside of a transaction`);
  const [moved] = movedIntoTransaction(lines);
  return effect('call-in-transaction', moved === undefined ? '' : `it moves the call of ${moved} into a transaction`);
}

/**
 * Who begins a transaction by a call of its own, and not by a block that ends it: asyncpg, psycopg, DB-API, JDBC,
 * database/sql, node-postgres, mysql2, Knex, Sequelize, TypeORM, MongoDB, PDO, Laravel, ADO.NET.
 * https://magicstack.github.io/asyncpg/current/api/index.html#transactions, https://node-postgres.com/features/transactions,
 * https://pkg.go.dev/database/sql#DB.BeginTx
 */
const BEGINS =
  /\b(?:tx|txn|trx|transaction|tr)\.(?:start|begin)\(|\b(?:start|[Bb]egin)_?[Tt]ransaction(?:Async)?\(|\.Begin(?:Tx|Txx|x)?\(|\b(?:conn|connection|db|session|engine)\.begin\(\)(?!\.await)|\bsetAutoCommit\(false\)|["'`](?:BEGIN|START TRANSACTION)\b[^"'`]{0,40}["'`]|=\s{0,3}await\s{1,3}\w{1,40}\.transaction\(\)/;
/** It ends somewhere: by a word, or where its block does. */
const MAY_END =
  /(?<!auto_?)commit|autocommit\(true\)|rollback|roll_back|\babort|\.close\(|\.(?:end|release|dispose)\(|\bautocommit\s{0,3}=\s{0,3}true|\b(?:async )?with\b|\busing\b|\btry\s?\(|\btransaction\.atomic\b|@Transactional\b/i;

/** The call that begins a transaction since the change, where nothing that it shows ends one; else empty. */
function neverEnded(lines: readonly DiffLine[]): string {
  const begun = (mark: DiffLine['mark']) =>
    lines.flatMap(({ mark: is, text }) => (is === mark ? (BEGINS.exec(text)?.[0] ?? []) : []));
  const [first] = begun('+');
  const endsBefore = lines.some(({ mark, text }) => mark === '-' && MAY_END.test(text));
  const mayEnd = lines.some(({ mark, text }) => mark !== '-' && MAY_END.test(text));
  const isKnown = begun('-').length > 0 && !endsBefore;
  return first === undefined || mayEnd || isKnown ? '' : first.replace(/^\W{1,3}|(?:\(\)?|["'`])$/g, '');
}

/** Calls of other services that are inside of a transaction now, and were not before. */
export function heldCalls(lines: readonly DiffLine[]): readonly string[] {
  const held = (placed: readonly Placed[]) =>
    placed.flatMap(({ text, isInside }) => (isInside ? outsideCalls(text) : []));
  const before = new Set(held(placedIn(lines, '+')));
  return held(placedIn(lines, '-')).filter((call) => !before.has(call));
}

/** Calls of changed lines that a transaction surrounds now, and that stood outside of it before. */
export function movedIntoTransaction(lines: readonly DiffLine[]): readonly string[] {
  const [before, now] = [placedIn(lines, '+'), placedIn(lines, '-')];
  const wasOutside = new Set(changedCalls(before, false));
  const others = new Set([...changedCalls(before, true), ...changedCalls(now, false)]);
  return changedCalls(now, true).filter((call) => wasOutside.has(call) && !others.has(call));
}

function changedCalls(placed: readonly Placed[], isWanted: boolean): readonly string[] {
  return placed.flatMap(({ text, isInside, isChanged }) => (isChanged && isInside === isWanted ? anyCalls(text) : []));
}

/** The lines of one side, and whether a transaction surrounds each. */
function placedIn(lines: readonly DiffLine[], without: DiffLine['mark']): readonly Placed[] {
  const found: Placed[] = [];
  let opened: number | undefined;
  for (const line of lines.filter(({ mark, text }) => mark !== without && text !== '')) {
    const isOver = isEnd(line);
    if (isOver || line.indent < (opened ?? 0)) opened = undefined;
    const start = isOver ? null : OPENS_TRANSACTION.exec(line.text);
    const text = start === null || opened !== undefined ? line.text : line.text.slice(start.index + start[0].length);
    found.push({ text, isInside: start !== null || opened !== undefined, isChanged: line.mark !== ' ' });
    if (start !== null && !ENDS_LINE.test(text)) opened ??= indentInside(line);
  }
  return found;
}

function isEnd({ mark, text }: DiffLine): boolean {
  return mark === 'place' || mark === 'file' || (ENDS_TRANSACTION.test(text) && !LATER.test(text));
}

/** `tx := db.Begin()` opens it for the lines of the same indent as well. */
function indentInside({ text, indent }: DiffLine): number {
  return indent + Number(OPENS_BLOCK.test(text));
}

function outsideCalls(text: string): string[] {
  return Array.from(text.matchAll(CALL), ([, name = '']) => name).filter((name) => OUTSIDE.test(name));
}

function anyCalls(text: string): string[] {
  return Array.from(text.matchAll(ANY_CALL), ([, name = '']) => name).filter((name) => !AT_ONCE.test(name));
}
