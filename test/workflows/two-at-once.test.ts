import { sqlitePlace } from '#test/temp-store.ts';
import { testTwoAtOnce } from '#test/two-at-once-contract.ts';

testTwoAtOnce('SQLite', sqlitePlace);
