/**
 * Apps of Heroku share one space of names, so teams put the name of their system before that of each service. Where a
 * program names itself and its app is that name behind a prefix, the others' apps have the same prefix.
 *
 *   {"app": "shop-orders", "dyno": "web.1"}  {"service": "orders", …}      orders
 *   {"app": "shop-stock", "dyno": "router"}  at=error code=H12 …           stock
 *
 * https://devcenter.heroku.com/articles/dynos, https://devcenter.heroku.com/articles/logging
 */
import type { LogLine } from '#model/logs/log-line.ts';

type Labels = LogLine['labels'];

export type HerokuFleet = Readonly<{
  /** `own`: how the line names its program; empty where it does not. */
  hear(labels: Labels, own: string | undefined): void;
  named(line: LogLine): LogLine;
}>;

/** `web.1`, or the platform's own `router`. */
const DYNO = /^(?:[a-z][\w-]{0,29}\.\d{1,5}|router|heroku-[a-z]{1,20})$/;

export function herokuFleet(): HerokuFleet {
  const prefixes = new Set<string>();
  return {
    hear({ app = '', dyno = '' }, own = '') {
      if (own === '' || app.length <= own.length + 1 || !DYNO.test(dyno)) return;
      if (app.endsWith(`-${own}`)) prefixes.add(app.slice(0, -own.length));
    },
    named(line) {
      const { app = '', dyno = '' } = line.labels;
      const [prefix, another] = prefixes;
      if (prefix === undefined || another !== undefined || line.service !== app || !DYNO.test(dyno)) return line;
      return app.startsWith(prefix) && app.length > prefix.length
        ? { ...line, service: app.slice(prefix.length) }
        : line;
    },
  };
}
