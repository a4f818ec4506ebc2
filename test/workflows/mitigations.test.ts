import { testMitigations } from '#test/mitigations-contract.ts';
import { sqlitePlace } from '#test/temp-store.ts';

testMitigations('SQLite', sqlitePlace);
