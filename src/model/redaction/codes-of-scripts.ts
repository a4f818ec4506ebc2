/**
 * Codes for one login in sentences of scripts that no name of a program has: «Код для входа: 48721», “רמז”, “رمز التحقق”. The
 * word for a code alone says little (of an error, a town, a product), so a word of a login must stand near.
 */

const FEWEST = 4;
const MOST = 8;
/** What may stand between the sentence and the digits: a colon, a dash, quotes. */
const BETWEEN: ReadonlySet<string> = new Set(' \u00a0:："«“„\'‘—–-=[【(<');
const MOST_BETWEEN = 6;
/** The first letter that is not Latin: Greek. */
const FIRST_LETTER = 0x370;
const BEFORE_CHARS = 70;
const BEHIND_CHARS = 60;

/** A word for a code, and a few words: another sentence says something else. */
const CODE =
  /(?:(?<!\p{L})(?:одноразов\p{L}{1,4}[- ])?(?:код|κωδικ|קוד|رمز|كود|کد|कोड|ओटीपी|কোড|კოდ|կոդ)[\p{L}\p{M}]{0,6}(?:[ -][\p{L}\p{M}'’]{1,16}){0,4}|รหัส[\p{L}\p{M} ]{0,30}|인증 ?(?:번호|코드)[\p{L}]{0,2}|验证码|驗證碼|校验码|認証コード|確認コード)[ :\u00a0"«“„'‘—–=[【(<-]{1,6}$/u;
/** The end of the sentence, or a sentence that goes on behind a sign: a word would say what is counted. */
const ENDS = /^["'»”’\])】>]{0,2}(?:[.,;!。，、)]|\s?[-–—]|\s*$|\s*[\r\n\v]|\s[^\p{L}\d\s])/u;
const OF_LOGIN =
  /вход|вхід|войти|логин|подтвер|підтвер|потвър|потврд|автори|вериф|провер|доступ|безопас|безпек|сигурн|однораз|еднократ|смс|sms|ваш|твой|твій|никому|нікому|не сообща|otp|επιβεβαί|επαλήθευ|σύνδεσ|ασφαλεί|μίας χρήσης|אימות|כניסה|חד.?פעמי|שלך|תحقق|تحقق|تأكيد|الدخول|تایید|ورود|یکبار|لمرة|ยืนยัน|เข้าสู่ระบบ|सत्यापन|ओटीपी|लॉगिन|যাচাই|დადასტურ|հաստատ|認証|確認|ログイン|인증|로그인|验证|驗證|登录|登入/iu;
const OF_OTHER =
  /ошиб|помил|грешк|ответ|відпов|товар|город|міст|стран|регион|возврат|выход[а]|заверш|статус|σφάλμα|שגיאה|خطأ|خطا|错误|錯誤|エラー|오류|郵便|우편|邮政|商品/iu;

/** Whether the digits are such a code; nearly all digits stand behind something else. */
export function isCodeOfOtherScript(text: string, start: number, end: number): boolean {
  if (end - start < FEWEST || end - start > MOST) return false;
  let at = start - 1;
  while (start - at <= MOST_BETWEEN && BETWEEN.has(text[at] ?? '')) at -= 1;
  if (!isOtherLetter(text.charCodeAt(at)) && !isShortLatin(text, at)) return false;
  const before = text.slice(Math.max(0, start - BEFORE_CHARS), start);
  if (!CODE.test(before.toLowerCase()) || OF_OTHER.test(before)) return false;
  const behind = text.slice(end, end + BEHIND_CHARS);
  if (!ENDS.test(behind) && !/[:—–=]["«“„ ]{0,3}$/.test(before)) return false;
  return OF_LOGIN.test(before) || OF_LOGIN.test(behind.split(/[\r\n\v]/, 1)[0] ?? '');
}

/** `รหัส OTP`, `код из SMS` */
function isShortLatin(text: string, at: number): boolean {
  return /^(?:OTP|SMS)$/.test(text.slice(at - 2, at + 1));
}

/** No sign of punctuation among them. */
function isOtherLetter(code: number): boolean {
  return code >= FIRST_LETTER && (code < 0x2000 || code > 0x206f) && (code < 0x3000 || code > 0x303f);
}
