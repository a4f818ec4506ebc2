import { describe, expect, test } from 'vitest';
import { HELPED, type TimelineEntry } from '#model/incident/incident.ts';
import { isRefuted, minutesAhead } from '#model/incident/noted/refuted-changes.ts';
import { isChange, isDenial, sentencesOf } from '#model/incident/noted-changes.ts';
import { changesDoubted, changesNoted, toldBefore, undoesVainTry } from '#model/incident/postmortem-deeds.ts';

let made = 0;
function note(text: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  made += 1;
  const atUs = made * 60_000_000;
  return { id: `n${made}`, atUs, notedUs: atUs, kind: 'note', text, source: 'U0KIM0001', link: '', value: '', ...more };
}
const tried = (text: string) => note(text, { value: 'tried=none' });
const none = {} as Parameters<typeof changesNoted>[0]['milestones'];
const of = (...entries: readonly TimelineEntry[]) => changesNoted({ entries, milestones: none });

describe('a change is no trigger', () => {
  test.each([
    ['a later note denies it', note('scales were updated monday'), note('weighed 12 by hand, same. not the scales')],
    [
      'a later note calls it innocent',
      note('switch got new firmware tuesday'),
      note('the switch is fine, pings all day'),
    ],
    ['undoing it did not help', note('release 14:10 touched the fares'), tried('rolled back. same')],
    ['the old one did not help', note('roster was changed yesterday'), tried('old roster restored, no change')],
    ['a German says so', note('Drucker gestern aktualisiert'), tried('Drucker zurückgesetzt, gleich')],
    ['a Frenchman says so', note('on a changé le badge hier'), note("c'est pas le badge, la porte est morte")],
    ['a Spaniard says so', note('el horno fue actualizado ayer'), tried('horno restaurado, sigue igual')],
  ])('where %s', (_, change, later) => {
    expect(of(change)).toEqual([change]);
    expect(isRefuted({ entries: [change, later], milestones: none }, change)).toBe(true);
    expect(of(change, later)).toEqual([]);
  });

  test.each([
    ['the undoing failed', note('release 14:10 touched the fares'), tried('rollback failed, it builds from scratch')],
    ['another thing was denied', note('scales were updated monday'), note('not the labels')],
    ['another thing was undone', note('roster was changed yesterday'), tried('old radio back, no change')],
    ['it made things worse', note('release 14:10 touched the fares'), tried('rolled back, worse now')],
  ])('and stays one where %s', (_, change, later) => expect(of(change, later)).toContain(change));

  test.each([
    'no patch went out to the tills since june',
    'nothing was changed on the kiln today',
    'we did not deploy since tuesday',
    'seit Montag nichts geändert',
    'no release this week',
    'nobody touched the valves since 08:00',
  ])('where nothing changed: %s', (text) => {
    expect(isChange(text)).toBe(false);
    expect(isDenial(text)).toBe(true);
  });

  test('a suspicion behind a question stays a doubt', () => {
    const entry = note('bug of the new menu? it went out 13:05');
    expect(of(entry)).toEqual([]);
    expect(changesDoubted({ entries: [entry], milestones: none })).toEqual([entry]);
    const sure = note('hit rate is 11 %?? somebody set the ttl to 60 yesterday');
    expect(of(sure)).toEqual([sure]);
  });

  test('what came after the impact is none, in the zone of the notes', () => {
    const minute = 60_000_000;
    const at = (text: string, minutes: number) => note(text, { atUs: minutes * minute, notedUs: minutes * minute });
    const notes = [
      at('saw it 14:01', 421),
      at('17:20 tea, still red', 621),
      at('author removed the font at 14:30', 455),
    ];
    const milestones = { ...none, impact: at('Impact began', 400) };
    expect(minutesAhead(notes)).toBe(420);
    expect(isRefuted({ entries: notes, milestones }, notes[2] as TimelineEntry)).toBe(true);
  });
});

test.each([
  'db host got the new os sunday 23:30',
  'new gateway since yesterday night',
  'cleanup commented out since 4 may',
  'grant at 14:20 on half the readers',
  'key was rolled 21:30 today',
  'rule is gone since 16:12, terraform apply',
  'table has the new fare from 1 aug',
  'optics swap at 13:22',
])('a change has other words, too: %s', (text) => expect(isChange(text)).toBe(true));

test.each([
  ['we only have 2 ovens!! should be 24', (one: string) => one.startsWith('should')],
  ['supplier took it back 05:58. broken ones cannot fetch it', (one: string) => one.startsWith('broken')],
  ['la règle vaut pour tout. passée hier à 22:00', (one: string) => one.startsWith('passée')],
])('a sentence without its subject brings the one before: %s', (text, isOne) => {
  expect(sentencesOf(text, isOne)).toBe(text);
});

describe('few words of a confirmation bring the notes that tell it', () => {
  const confirm = (words: string) =>
    note(`investigating → identified: ${words}`, { kind: 'status', value: 'identified' });
  test.each([
    ['missing readings = 0', 'pump control has no data and takes it as an empty tank'],
    ['diff of the recipe + oven log', 'one more line in the recipe adds salt twice'],
    ['valve limit on every tank', 'each tank asks each valve, the limit of 64 is reached'],
    ['clock of gate 4', 'gate 4 has the clock of last year and takes all tickets as old'],
    ['two keys for one door', 'door 7 knows the old key and the new key at once'],
    ['full disk of the printer', 'printer keeps each label for 90 days, disk has no room'],
  ])('%s', (words, told) => {
    const [before, confirmed] = [note(told), confirm(words)];
    expect(toldBefore({ entries: [before, confirmed], milestones: none }, confirmed)).toEqual([before]);
  });

  test('and neither guesses nor questions nor what was ruled out', () => {
    const entries = [note('maybe the pump of the tank is broken'), note('is it the tank of the north side?')];
    const confirmed = confirm('tank limit');
    expect(toldBefore({ entries: [...entries, confirmed], milestones: none }, confirmed)).toEqual([]);
  });
});

test('to take back what had no effect ends nothing', () => {
  const vain = tried('filter on at the supplier. still up and down');
  const deed = note('filter off again', { value: HELPED });
  expect(undoesVainTry({ entries: [vain, deed] }, deed)).toBe(true);
  const other = note('old list in place', { value: HELPED });
  expect(undoesVainTry({ entries: [vain, other] }, other)).toBe(false);
});
