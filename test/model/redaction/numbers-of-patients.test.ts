/** Numbers and dates that tell who somebody is. What must vanish stands between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

test.each([
  ['Taiwan', '身分證字號：⟦A194629849⟧，單號 8813'],
  ['Taiwan', '身分證字號 ⟦A194721535⟧ 查無資料'],
  ['Thailand', 'เลขประจำตัวประชาชน ⟦2-9294-75216-24-1⟧ timeout'],
  ['Croatia', '{"event":"invoice.rejected","oib":"⟦47562888072⟧"}'],
  ['Chile', 'RUT del paciente: ⟦17.349.877-2⟧, box 4'],
  ['Medicare', 'Medicare Beneficiary Identifier (MBI): ⟦5UG1C41QV57⟧ reject 72'],
  ['a driving licence', 'driving licence no. ⟦WTYKM566859XH9WV⟧ rejected'],
  ['a record of a hospital', 'MRN: ⟦43256774⟧ — lab order cancelled'],
  ['a member of an insurance', 'member_id=⟦XQB524525816⟧ claim status: pended'],
  ['a date of birth', 'dob=⟦1974-08-19⟧ encounter=E5521'],
  ['a date of birth', 'date of birth: ⟦19/08/1974⟧ does not match'],
  ['a date of birth', '{"birthDate":"⟦1974-08-19⟧"}'],
  ['a field of HL7', 'PID|1||⟦621105053⟧^^^NLMINBIZA^NNNLD||ACK AE'],
])('%s: %j', (_, marked) => {
  const [, secret = ''] = /⟦([^⟧]*)⟧/.exec(marked) ?? [];
  const clean = redact(marked.replaceAll(/[⟦⟧]/g, ''));
  expect(clean).not.toContain(secret);
  expect(redact(clean)).toBe(clean);
});

test.each(['member_id=8812 joined', 'date of build: 2026-01-14', 'A194629849 shipped', 'PID|1||', 'mrn: none'])(
  '%j stays',
  (text) => {
    expect(redact(text)).toBe(text);
  },
);
