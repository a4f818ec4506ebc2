/**
 * What a change took away, where the failure misses just that: a table by its name, the files of the release before, or a
 * library that the package can load.
 *
 *   +  ALTER TABLE mill.raw.reels RENAME TO …      Object 'MILL.RAW.REELS' does not exist or not authorized
 *   ▲── the change moves the table that the failure misses
 */
import { moreIn, type Sides } from '#model/changes/effect.ts';
import type { Touched } from '#model/changes/said/values.ts';

/**
 * How databases say that there is no such table, in lower case: PostgreSQL 42P01, MySQL 1146 and 1051, SQL Server 208,
 * ORA-00942, SQLite, Snowflake 002003, BigQuery, Spark and Databricks, Trino, ClickHouse 60, Hibernate's validation.
 */
const SAYS_NO_TABLE =
  /\b(?:does not|doesn['’]t|not) exist\b|\binvalid object name\b|\bno such table\b|\bunknown table\b|\btable or view not found\b|\btable_or_view_not_found\b|\bnot found: table\b|\bmissing table\b|\b42p01\b|\b42s02\b|\bora-00942\b/;

/**
 * Statements and migrations that take a table's name away: SQL's `ALTER TABLE … RENAME TO` and `DROP TABLE`, MySQL's
 * `RENAME TABLE`, SQL Server's `sp_rename`, Rails and Alembic (`rename_table`, `drop_table`), Laravel (`Schema::rename`).
 */
const TABLE_GONE =
  /\b(?:alter\s{1,8}(?:table|view)\s{1,8}(?:if\s{1,8}exists\s{1,8})?([\w.$"`[\]]{3,160})\s{1,8}rename\s{1,8}(?:to|as)\b|rename\s{1,8}table\s{1,8}([\w.$"`]{3,160})\s{1,8}to\b|drop\s{1,8}(?:table|view)\s{1,8}(?:if\s{1,8}exists\s{1,8})?([\w.$"`[\]]{3,160})|sp_rename\s{1,8}n?'([\w.[\]]{3,160})'|(?:rename|drop)_table\W{1,4}([\w.]{3,160})|schema::(?:rename|drop\w{0,10})\(\s{0,2}["']([\w.]{3,160}))/gi;
const TABLE_MADE =
  /\bcreate\s{1,8}(?:or\s{1,8}replace\s{1,8})?(?:table|view|synonym|materialized\s{1,8}view)\s{1,8}(?:if\s{1,8}not\s{1,8}exists\s{1,8})?([\w.$"`[\]]{3,160})/gi;
const NAMES = /[a-z_][\w$.]{2,160}/g;

/** `failure`: in lower case. Empty where it misses no table that the change renames or drops. */
export function tableMoved({ added }: Sides, failure: string): string {
  if (!SAYS_NO_TABLE.test(failure)) return '';
  const said = bare(failure).match(NAMES) ?? [];
  const made = namesIn(added, TABLE_MADE);
  const moved = namesIn(added, TABLE_GONE).find(
    (name) => said.some((one) => isSameTable(one, name)) && !made.some((one) => isSameTable(one, name)),
  );
  return moved === undefined ? '' : `it renames or drops the table ${moved}, which the failure misses`;
}

function namesIn(text: string, words: RegExp): readonly string[] {
  return Array.from(text.matchAll(words), ([, ...names]) =>
    bare((names.find((one) => one !== undefined) ?? '').toLowerCase()),
  ).filter((name) => name !== '');
}

/** Quotes are of the dialect, and no part of a name. */
function bare(text: string): string {
  return text.replaceAll(/["'`[\]]/g, '');
}

/** A search path may stand for the first parts of a name. */
function isSameTable(one: string, other: string): boolean {
  const name = one.replace(/\.$/, '');
  return name === other || name.endsWith(`.${other}`) || other.endsWith(`.${name}`);
}

/**
 * How databases say that there is no such column, in lower case: PostgreSQL 42703, MySQL 1054, SQL Server 207, ORA-00904,
 * SQLite, Snowflake 000904, BigQuery, Spark and Databricks, Trino, ClickHouse 47.
 */
const SAID_COLUMN =
  /\bcolumn ["'`]?([\w.]{2,120})["'`]? (?:does not exist|cannot be resolved)|\bunknown column ["'`]([\w.]{2,120})|\binvalid column name ["'`]([\w.]{2,120})|\bno such column: ([\w.]{2,120})|\binvalid identifier ["'`]([\w.]{2,120})|\bora-00904: ["']?([\w.]{2,120})|\bunrecognized name: ([\w.]{2,120})|\bwith name [`"']([\w.]{2,120})[`"'] cannot be resolved|\b(?:unknown expression identifier|missing columns:) [`"']([\w.]{2,120})/g;
/** `protein_pct as protein` of a view or a model: the column has the second name. */
const ALIAS = /([\w.]{1,120})["`]?\s{1,8}as\s{1,8}["`]?(\w{2,120})/gi;

/** The column that a view or a model gives another name; empty where the failure does not miss it. */
export function columnMoved({ added, removed, context }: Touched, failure: string): string {
  const missed = Array.from(failure.matchAll(SAID_COLUMN), ([, ...names]) => lastOf(names.find(Boolean) ?? ''));
  if (missed.length === 0) return '';
  const renamed = [...added.toLowerCase().matchAll(ALIAS)].map(([, from = '', to = '']) => [lastOf(from), to]);
  const isLeft = (name: string) =>
    [...`${added}\n${context}`.toLowerCase().matchAll(ALIAS)].some(([, , to]) => to === name);
  const before = removed.toLowerCase().match(NAMES)?.map(lastOf) ?? [];
  const found = missed.find(
    (name) => before.includes(name) && !isLeft(name) && renamed.some(([from, to]) => from === name && to !== name),
  );
  return found === undefined ? '' : `it gives the column ${found} another name, which the failure misses`;
}

function lastOf(name: string): string {
  return name.split('.').at(-1) ?? '';
}

/**
 * A list of what is switched off: the JDK's `jdk.tls.disabledAlgorithms`, deny lists of gateways, excluded modules.
 * https://docs.oracle.com/en/java/javase/21/security/java-secure-socket-extension-jsse-reference-guide.html
 */
const OFF_LIST =
  /(?:disabled?|deny|denied|blocked|block_?list|blacklist|forbidden|excluded?|revoked|disallow(?:ed)?)\w{0,40}["']?\s{0,3}[:=]\s{0,3}(.{2,2000})$/gim;
const SAYS_UNAVAILABLE =
  /\bnot (?:available|supported|allowed|enabled|permitted|implemented)\b|\bunavailable\b|\bunsupported\b|\bdisabled\b|\bno such\b|\bdisallowed\b|\bforbidden\b|\bdenied\b|\bno appropriate\b|\bno (?:matching|common|shared)\b/;
const ITEM = /[A-Za-z\d][\w./-]{2,80}/g;

/** The item that it puts into a list of what is switched off; empty where the failure names none of them. */
export function itemDisabled({ added, removed, context }: Touched, failure: string): string {
  if (!SAYS_UNAVAILABLE.test(failure)) return '';
  const itemsIn = (text: string) =>
    Array.from(text.matchAll(OFF_LIST), ([, list = '']) => list.match(ITEM) ?? []).flat();
  const before = new Set(itemsIn(`${removed}\n${context}`).map((item) => item.toLowerCase()));
  const words = new Set(failure.match(/[a-z\d][\w./-]{2,80}/g) ?? []);
  const found = itemsIn(added).find((item) => {
    const name = item.toLowerCase();
    return !before.has(name) && !PLAIN_VALUE.test(name) && words.has(name);
  });
  return found === undefined ? '' : `it disables “${found}”, which the failure names`;
}

/** `disabled: true` switches, and lists nothing. */
const PLAIN_VALUE = /^(?:true|false|yes|null|none|all|and|the|not|\d+)$/;

/**
 * A page that is open since before a release asks for files of that release: webpack, Vite, Chrome, Firefox, Safari.
 * https://vite.dev/guide/build#load-error-handling, https://webpack.js.org/guides/code-splitting
 */
const SAYS_NO_CHUNK =
  /\bchunkloaderror\b|\bloading (?:css )?chunk [\w-]{1,60} failed\b|\bdynamically imported module\b|\bimporting a module script failed\b|\bunable to preload css\b/;
/** It deletes at the target what the new release lacks: AWS CLI, s3cmd, rsync, gsutil, rclone, and what people write. */
const DELETES_FILES =
  /\b(?:sync|rsync)\b[^\n]{0,200}?\s-{1,2}(?:delete[\w-]{0,20}|d)(?![\w-])|\brclone\s{1,3}sync\b|\b(?:old|previous|stale|unused|obsolete) (?:\w{1,20} )?(?:assets?|chunks?|bundles?|files|builds?|releases?)(?: (?:are|were|get))? (?:removed|deleted|pruned|purged|cleaned|dropped)\b|\b(?:remov|delet|prun|purg|clean|drop)\w{1,4}(?: up)? (?:the )?(?:old|previous|stale|unused|obsolete) (?:\w{1,20} )?(?:assets?|chunks?|bundles?|files|builds?|releases?)\b/gi;

/** Shells, rimraf and del-cli, PowerShell. */
const DELETES_FOLDER =
  /\b(?:rm\s{1,3}-(?:rf|fr|r)|rimraf|del-cli|remove-item(?:\s{1,3}-\w{2,10}){0,4}(?:\s{1,3}-path)?|rmdir\s{1,3}\/s(?:\s{1,3}\/q)?)\s{1,3}["']?([\w.$@{}/\\*-]{2,160})/gi;
/** Folders of built pages: Vite, webpack, Next.js, Nuxt, SvelteKit, Angular, Rails, Laravel, Django. */
const OF_PAGES =
  /^(?:static|staticfiles|assets|dist|build|chunks|_next|\.next|\.nuxt|\.output|out|public|js|bundles?|www)$/;

/** Empty where no page misses a part of itself, or where the change deletes no files that it kept before. */
export function filesRemoved({ added, removed, all }: Touched, failure: string): string {
  if (!SAYS_NO_CHUNK.test(failure)) return '';
  const isTold = added === '' && removed === '' ? all.search(DELETES_FILES) >= 0 : false;
  const before = foldersIn(removed);
  const isEmptied = foldersIn(added).some((name) => OF_PAGES.test(name) && !before.includes(name));
  const isNew = isTold || isEmptied || moreIn(added, removed, DELETES_FILES).length > 0;
  return isNew ? 'it deletes the files of the release before, which open pages still ask for' : '';
}

/** `rm -rf .next/static/*` deletes `static`. */
function foldersIn(text: string): readonly string[] {
  return Array.from(text.matchAll(DELETES_FOLDER), ([, path = '']) => {
    const parts = path.toLowerCase().split(/[/\\]/);
    return parts.filter((part) => part !== '' && !part.includes('*')).at(-1) ?? '';
  });
}

/**
 * A compiled library cannot be loaded, in lower case: CPython's extension modules, whose names begin with `_` by its
 * convention; ld.so(8); the JVM; Node.js (`ERR_DLOPEN_FAILED`, NODE_MODULE_VERSION); macOS.
 * https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
 */
const SAYS_UNLOADABLE =
  /\bno module named ["']?\w[\w.]{0,80}\._\w|\binvalid elf header\b|\bwrong elf class\b|\bcannot open shared object file\b|\bversion ["'`]?glibc(?:xx)?_[\d.]{1,8}["'`]? not found\b|\bunsatisfiedlinkerror\b|\berr_dlopen_failed\b|\bcompiled against a different node\.js version\b|\bincompatible architecture\b/;
/** Where a package is built: pipelines, images, descriptions of functions. */
const OF_BUILD =
  /\.github\/workflows\/|\.gitlab-ci|\bjenkinsfile\b|\bbuildspec\b|\bcloudbuild\b|\bazure-pipelines\b|\.circleci\/|\bdockerfile\b|\bmakefile\b|\btemplate\.ya?ml\b|\bserverless\.ya?ml\b/i;
/** What decides for which machine and with which libraries it is built. */
const BUILDS =
  /\bruns-on\b|\b(?:sam|docker|podman|buildah|cargo|go|cdk|serverless) (?:buildx )?(?:build|package|deploy)\b|\b(?:pip3?|npm|yarn|pnpm|uv|poetry|apt-get|apk|dnf) (?:-\S{1,30} ){0,3}(?:install|ci|add|sync|rebuild)\b|--platform\b|--use-container\b|\barchitectures?\b|^[^\S\n]{0,8}from [\w./-]{2,120}|\bimage["']?\s{0,3}[:=]|\bruntime["']?\s{0,3}[:=]/im;

/** Empty where the failure is about no compiled library, or where the change builds as before. */
export function otherBuild({ added, removed, all }: Touched, failure: string): string {
  if (!SAYS_UNLOADABLE.test(failure) || !OF_BUILD.test(all)) return '';
  const isOther = BUILDS.test(added) || BUILDS.test(removed);
  return isOther
    ? 'it builds the package in another way, and the failure says that a library of it cannot be loaded'
    : '';
}
