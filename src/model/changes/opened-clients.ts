/**
 * Clients of stores and brokers that are made for each call since the change, and were made once before. Each of them opens
 * connections of its own.
 *
 *   -  const client = new MongoClient(url)
 *   +  export const db = async () => (await new MongoClient(url).connect()).db('rooms')
 */
import type { DiffLine } from '#model/changes/diff-lines.ts';
import { type Effect, effect } from '#model/changes/effect.ts';

/**
 * What opens connections: drivers of Node.js, Java, .NET, PHP; Python; Go; Ruby; Rust. Their manuals ask for one client for
 * each process: https://www.mongodb.com/docs/drivers/node/current/connect/mongoclient/
 */
const OPENS =
  /\bnew\s{1,3}((?:\w{1,40}[.\\]){0,3}(?:\w{0,40}(?:Client|Pool|DataSource|Connection|Redis|Producer|Cluster|Session)|PDO|Sequelize))\s?\(|\b((?:pymongo\.|motor\.\w{1,30}\.)?(?:Async(?:IOMotor)?)?MongoClient|(?:redis|aioredis)\.(?:Redis|from_url|Strict\w{1,10})|psycopg\d?\.connect|asyncpg\.(?:connect|create_pool)|(?:pymysql|aiomysql|pyodbc|oracledb)\.(?:connect|create_pool)|create_(?:async_)?engine|pika\.BlockingConnection)\s?\(|\b((?:mongo|amqp|nats|rabbitmq)\.(?:Connect|Dial)|(?:sql|sqlx)\.(?:Open|Connect)|redis\.New\w{0,10}Client|pgxpool\.New\w{0,12}|pgx\.Connect)\s?\(|\b((?:MongoClients|DriverManager|ConnectionFactories|ConnectionMultiplexer)\.(?:create|getConnection|get|Connect(?:Async)?))\s?\(|\b((?:Mongo::Client|Redis|PG::Connection|Mysql2::Client|Bunny)\.new)\b|\b((?:mongodb::|redis::)?Client::(?:with_uri_str|open))\s?\(/;
/** The line makes it whenever a function runs. */
const IN_FUNCTION = /=>|->|\b(?:def|func|function|fn|fun|lambda|async|return)\b|\bpublic\b.{0,80}\)\s{0,3}\{/;
/** It is kept after all: made when it is missing, in a scope of the whole process, or closed again. */
const IS_KEPT =
  /\?\?=|\|\|=|\bonce\b|\bmemo\w{0,10}|\blru_cache\b|@(?:Bean|Singleton)\b|\bstatic\b|\blazy\b|\bif\s{0,3}\(?\s{0,3}(?:!\s?\w|\w{1,40}\s{1,3}(?:===?|is)\s{1,3}(?:null|nil|None|undefined))|\bunless\b|\bif not\b/i;

export function openedClients(lines: readonly DiffLine[]): Effect[] {
  const of = (mark: DiffLine['mark']) =>
    lines.flatMap((line) => {
      const name = line.mark === mark ? opened(line.text) : '';
      return name === '' ? [] : [{ ...line, name }];
    });
  if (lines.some(({ mark, text }) => mark === '+' && IS_KEPT.test(text))) return [];
  const shared = of('-').filter(({ text }) => !IN_FUNCTION.test(text));
  const perCall = of('+').find(({ name, text, indent }) =>
    shared.some((one) => one.name === name && (IN_FUNCTION.test(text) || indent > one.indent)),
  );
  return effect('never-closed', perCall ? `it makes a ${perCall.name} for each call, and made one for all before` : '');
}

function opened(text: string): string {
  return OPENS.exec(text)?.slice(1).find(Boolean) ?? '';
}
