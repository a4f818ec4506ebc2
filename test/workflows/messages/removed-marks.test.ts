import { testRemovedMarks } from '#test/removed-marks-contract.ts';
import { sqlitePlace } from '#test/temp-store.ts';

testRemovedMarks('SQLite', sqlitePlace);
