/** Numbers of passports, identity cards and cards of payment. The part between ⟦ and ⟧ is the number. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

test.each([
  'Personalausweisnummer: ⟦LG6D4FISK⟧ abgelehnt',
  'Ausweis-Nr. ⟦L01X00T471⟧ nicht lesbar',
  "carta d'identità n. ⟦CA37993ZW⟧ scaduta",
  'dowód osobisty ⟦ABS123456⟧ nieważny',
  'občanský průkaz č. ⟦123456789⟧ neplatný',
  'passeport n° ⟦12AB34567⟧ expiré',
  'pasaporte nº ⟦PAB123456⟧ caducado',
  'paspoortnummer ⟦NPR1B2C36⟧ verlopen',
  "carte nationale d'identité n° ⟦X4RTBPFW4⟧ perdue",
  'osobna iskaznica ⟦115501897⟧ istekla',
  'cartão de cidadão ⟦12345678 9 ZZ4⟧ inválido',
  'buletin seria ⟦RX nr 123456⟧ expirat',
  'Rentenversicherungsnummer ⟦65 241292 K 16 5⟧ doppelt',
  'matricule national ⟦1994102115228⟧ absent',
  'DEA ⟦AB1234563⟧ expired',
  'UTR ⟦1234567895⟧ not matched',
  'карта ⟦2200 5073 8747 9346⟧ отклонена',
])('%j loses its number', (marked) => {
  const text = marked.replace(/[⟦⟧]/g, '');
  expect(redact(text).replaceAll(/\[redacted:[\w-]+\]/g, '⟦⟧')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧'));
});

test.each([
  'passeport expiré le 2026-01-02',
  'carta di imbarco CA379',
  'osobna iskaznica nije valjana',
  'Passnummer fehlt',
])('%j has no number', (text) => {
  expect(redact(text)).toBe(text);
});
