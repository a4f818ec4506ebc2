import type { Idioms } from '#model/blameless/idioms/idioms.ts';
import { ROLE_WORDS } from '#model/incident/people-as-roles.ts';

/** Somebody by role, handle or mention. Names that are known have become roles. */
export const KNOWN = `(?:${ROLE_WORDS.join('|')}|<@[UW][A-Z0-9]{2,20}>|@[a-z][\\w.-]{1,30}(?![\\w/]))`;

/** What a Kubernetes operator looks after: it is no person. */
export const OPERATED =
  'Kubernetes|K8s|Postgres|PostgreSQL|Kafka|Strimzi|Redis|MySQL|Prometheus|cert-manager|etcd|Vault|Elastic|Elasticsearch|RabbitMQ|MongoDB|Rook|Istio';

/** What a language says about fault, hindsight, and vague amounts, times and tasks. Each value is a regular expression, or alternatives of one. */
export type Language = Readonly<{
  idioms: Idioms;
  /** Who may be blamed, besides the people that are known by name: roles, teams, pronouns. */
  people: string;
  /** What is said of people alone, behind them in the same sentence: `forgot`, `hat vergessen`. */
  faults: readonly string[];
  /**
   * A word that may stand between the two, and begins no other subject: `has`, `again`, `of the night shift`. Undefined
   * where no spaces stand between words: then any few characters may.
   */
  between?: string;
  /** Blames people, whoever is meant: `careless`, `human error`. */
  blame: readonly string[];
  /** What people should have done, and what everybody knows afterwards. */
  hindsight: readonly string[];
  /** Says that there was one cause alone: `the root cause`, `entirely due to`. */
  causes: string;
  /**
   * What blames nobody and wishes nothing, though it has the words: a denial (`no human error`), what a machine had to do
   * by its rule, what may have happened at worst. It is taken out before the rest is read.
   */
  innocent: readonly string[];
  /** An amount or a duration without a number. */
  amounts: readonly string[];
  /** A day that is only known on the day of writing, whatever the clock said: `yesterday`. */
  days: string;
  /** A time that is only known near the time of writing: `recently`. A time of the clock beside it makes up for it. */
  times: readonly string[];
  /** An attitude in place of a task, which blames whom it is asked of: `be more careful`. */
  attitudes: string;
  /** An effort in place of a task, which blames nobody: `try to`. */
  efforts?: string;
  /** A wish for more or better of something, wherever it stands, unless a number says how much: `testing needs to get better`. */
  advice: readonly string[];
  /** How a task begins that nobody can finish or check, unless a number says when it is done: `improve`. */
  tasks: string;
}>;
