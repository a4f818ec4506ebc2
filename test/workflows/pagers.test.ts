import { testPagers } from '#test/pagers-contract.ts';
import { sqlitePlace } from '#test/temp-store.ts';

testPagers('SQLite', sqlitePlace);
