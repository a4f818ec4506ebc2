import { describeRealCases } from '#test/real-cases.ts';

describeRealCases(1);
