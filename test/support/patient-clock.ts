/** A clock on which no deadline passes, however long the machine takes. */
import { type Clock, systemClock } from '#core/clock.ts';
import { steppedClock } from '#test/stepped-clock.ts';

/** It tells the time. Whoever sleeps on it sleeps until the sleep is called off. */
export const patientClock: Clock = { ...systemClock, sleep: steppedClock().sleep };
