/**
 * Who is on call in a rota of the configuration. Turns change at readings of the clock in the rota's zone: a turn that
 * begins at 09:00 does so in summer and in winter.
 *
 *   from ─ kim ─┬─ ana ─┬─ lea ─┬─ kim ─┬ …      an override goes before the turn below it; of two, the later in the list
 */
import { isSlackId, type OnCallAnswer, type OnCallPerson, type OnCallSource } from '#model/incident/on-call.ts';
import { instantOfWall, offsetAt, readZone, UTC, type Zone } from '#utilities/time-zone.ts';
import type { Rota } from './settings.ts';

const HOUR_S = 3_600;

export function rotaOnCall(rotas: readonly Rota[]): OnCallSource {
  return {
    id: 'rota',
    title: 'The rota',
    async onCall(place, nowUs) {
      const found = rotas.find(({ name }) => name === place);
      if (found !== undefined) return onCallIn(found, nowUs / 1e6);
      return {
        kind: 'unknown',
        reason: `The configuration has no rota ${place}: correct the name, or add it to rota.rotas.`,
      };
    },
  };
}

function onCallIn(rota: Rota, now: number): OnCallAnswer {
  const zone = readZone(rota.zone) ?? UTC;
  const overrides = rota.overrides.map(({ who, from, to }) => ({
    who,
    from: instant(zone, from),
    to: instant(zone, to),
  }));
  const covering = overrides.findLast(({ from, to }) => from <= now && now < to);
  const turn = covering ?? turnAt(rota, zone, now);
  const place = `the rota ${rota.name}`;
  if (turn === undefined) return { kind: 'known', place, people: [] };
  // An override that begins within this turn ends it.
  const next = overrides.map(({ from }) => from).filter((from) => from > now && from < turn.to);
  return { kind: 'known', place, people: [personOf(turn.who, Math.min(turn.to, ...next) * 1e6)] };
}

type Turn = Readonly<{ who: string; to: number }>;

/** Undefined before the rota begins. */
function turnAt({ from, shiftHours, people }: Rota, zone: Zone, now: number): Turn | undefined {
  const first = wallSeconds(from);
  const length = shiftHours * HOUR_S;
  const beginning = (turn: number) => instantOfWall(zone, first + turn * length).epochSeconds;
  // The clock may be set within a turn: the neighbours are looked at, too.
  let turn = Math.floor((now + offsetAt(zone, now) - first) / length);
  while (beginning(turn) > now) turn -= 1;
  while (beginning(turn + 1) <= now) turn += 1;
  const who = people[turn % people.length];
  return turn < 0 || who === undefined ? undefined : { who, to: beginning(turn + 1) };
}

function instant(zone: Zone, wall: string): number {
  return instantOfWall(zone, wallSeconds(wall)).epochSeconds;
}

/** A reading of the clock as if it were UTC. */
function wallSeconds(wall: string): number {
  return Date.parse(`${wall}:00Z`) / 1_000;
}

function personOf(who: string, untilUs: number): OnCallPerson {
  const slackId = isSlackId(who) ? who : '';
  const email = who.includes('@') ? who.toLowerCase() : '';
  return { name: slackId === '' ? who : '', email, slackId, untilUs };
}
