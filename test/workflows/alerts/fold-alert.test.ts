import { testFolding } from '#test/fold-contract.ts';
import { sqlitePlace } from '#test/temp-store.ts';

testFolding('SQLite', sqlitePlace);
