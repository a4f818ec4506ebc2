/** Systems that know who is on call, as a test says, and a Slack that knows people by their addresses. */
import type { Clock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import type { OnCallAnswer, OnCallPerson, OnCallSource } from '#model/incident/on-call.ts';
import type { OnCallDesk } from '#workflows/pagers/who-is-on-call.ts';

/** `kim@example.com` is U0KIM in Slack, and `nobody@…` is nobody. Slack shows the address of U00001 alone. */
export function onCallDesk({
  clock,
  sources = [],
  people = [],
}: Readonly<{ clock: Clock; sources?: readonly OnCallSource[]; people?: readonly string[] }>): OnCallDesk {
  return {
    sources,
    people,
    waitSeconds: 8,
    findByEmail: async (email) => {
      const name = email.slice(0, email.indexOf('@'));
      return name === 'nobody' ? { kind: 'nobody' } : { kind: 'found', id: `U0${name.toUpperCase()}` };
    },
    emailOf: async (userId) => (userId === 'U00001' ? { kind: 'found', email: 'kim@example.com' } : { kind: 'nobody' }),
    nameOf: async (userId) => userId,
    clock,
    log: silentLog,
  };
}

/** A schedule that answers each question with what the test says at that time. */
export function shift(answer: (nowUs: number, asked: number) => OnCallAnswer | Promise<OnCallAnswer>): OnCallSource {
  let asked = 0;
  return {
    id: 'pager',
    title: 'Pager',
    async onCall(_place, nowUs) {
      asked += 1;
      return await answer(nowUs, asked);
    },
  };
}

/** Names of people who are on call, in the order of the calls. */
export function onDuty(...names: readonly string[]): OnCallAnswer {
  return { kind: 'known', place: 'Pager’s schedule Payments', people: names.map((name) => person(name)) };
}

export function person(name: string, more: Partial<OnCallPerson> = {}): OnCallPerson {
  return { name, email: `${name}@example.com`, slackId: '', untilUs: undefined, ...more };
}
