import { testProofs } from '#test/proof-contract.ts';
import { sqlitePlace } from '#test/temp-store.ts';

testProofs('SQLite', sqlitePlace);
