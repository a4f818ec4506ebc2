/** Statements that no index serves any more, and their twins. */
import { describe, expect, test } from 'vitest';
import { slowerStatements } from '#model/changes/slower-statements.ts';

const texts = (removed: string, added: string) => slowerStatements({ removed, added }).map(({ text }) => text);
const ANY_CASE = 'it searches for text in any case, which no plain index serves';

describe('a search for text in any case', () => {
  test.each([
    ['Spring Data', 'Criteria.where("email").is(mail)', 'Criteria.where("email").regex("^" + mail + "$", "i")'],
    ['the shell', 'db.crews.find({ email: mail })', 'db.crews.find({ email: { $regex: mail, $options: "i" } })'],
    ['Node.js', 'crews.findOne({ email })', 'crews.findOne({ email: new RegExp(email, "i") })'],
    ['PyMongo', 'crews.find_one({"email": mail})', 'crews.find_one({"email": re.compile(mail, re.IGNORECASE)})'],
    ['Go', 'c.Find(ctx, bson.M{"m": mail})', 'c.Find(ctx, bson.M{"m": bson.Regex{Pattern: mail, Options: "i"}})'],
    ['Django', 'Crew.objects.filter(email=mail)', 'Crew.objects.filter(email__iregex=mail)'],
  ])('%s', (_, removed, added) => {
    expect(texts(removed, added)).toContain(ANY_CASE);
    expect(texts(added, removed)).not.toContain(ANY_CASE);
  });

  test.each([
    [
      'a check of what users type',
      'if (plain.test(mail)) save(mail)',
      'if (new RegExp(rule, "i").test(mail)) save(mail)',
    ],
    ['case as before', 'find({ m: new RegExp(a, "i") })', 'find({ m: new RegExp(b, "i") })'],
    ['case that counts', 'where("email").is(mail)', 'where("email").regex("^" + mail)'],
  ])('not %s', (_, removed, added) => {
    expect(texts(removed, added)).not.toContain(ANY_CASE);
  });
});
