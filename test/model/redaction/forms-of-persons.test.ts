/** Numbers of persons in fields of hospitals, insurers and banks: secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;

test.each([
  'PID|1||⟦90513955⟧^^^HOSP^MR|||||M|||||||||||⟦418-57-2193⟧',
  'PID|1|⟦H7712345⟧|⟦90513955⟧^^^HOSP^MR|||||F',
  'NM1*IL*1******MI*⟦W916387450⟧~ rejected AAA*N**72*C~',
  'REF*SY*⟦418572193⟧~DMG*D8*⟦19700102⟧*F~',
  'REF*0F*⟦W916387450⟧~',
  '(0010,0020) LO [⟦P7537941⟧] # PatientID; (0008,0060) CS [MR]',
  '(0010,0010) PN [⟦DOE^JANE⟧] (0010,0030) DA [⟦19700102⟧]',
  "(0010, 0010) Patient's Name                      PN: '⟦DOE^JANE⟧'",
  'ACH return R03: routing 024610298 account number ⟦1346982549⟧',
  'ACH return R03: account number ⟦1346982549⟧, routing 024610298',
])('redacts the secret of %s', (marked) => {
  const redacted = redact(marked.replaceAll(/[⟦⟧]/g, ''));
  expect(redacted.replaceAll(MARK, '⟦⟧')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧'));
  expect(redact(redacted)).toBe(redacted);
});

test.each([
  'PID|1||^^^HOSP^MR|||||M',
  'PID|segment missing',
  'PID|USER|COMMAND|VSZ|RSS',
  'NM1*PR*2*ACME INSURANCE*****PI*87726~',
  'NM1*85*2*CLINIC*****XX*1234567893~',
  'REF*D9*17312345600006351~',
  'DMG missing for IL loop',
  '(0008,0060) CS [MR]',
  '(0010,0020) LO [] # PatientID',
  '(0020,000d) UI [1.2.840.113619]',
  '(0010,0040) CS [F]',
  'routing 024610298 rejected, trace 1346982549',
  'account number missing for routing 024610298',
  'routing key order.created account service',
  'ACH return R03: account closed, batch 1346982549',
])('keeps what has no secret: %s', (text) => {
  expect(redact(text)).toBe(text);
});
