/** Which names and passwords are taken: length counts, not kinds of characters (NIST SP 800-63B §5.1.1.2). */

export const PASSWORD_LENGTH = { minimum: 12, maximum: 128 } as const;
export const NAME_PATTERN = '^[A-Za-z][A-Za-z0-9._-]{0,31}$';
export const TOKEN_NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$';

/** Names that the record uses for others than users. */
const TAKEN = ['anyone', 'console', 'demo', 'file', 'system'];
/** What people take first, and what attackers try first; digits and punctuation around them don't help. */
const COMMON = [
  ...['password', 'passwort', 'passphrase', 'admin', 'administrator', 'root', 'user', 'login', 'letmein'],
  ...['welcome', 'changeme', 'default', 'secret', 'qwerty', 'qwertz', 'azerty', 'asdf', 'asdfgh', 'zxcvbn'],
  ...['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'iloveyou', 'monkey', 'dragon', 'sunshine', 'princess', 'test'],
  ...['football', 'baseball', 'superman', 'trustno', 'master', 'ntp', 'gps', 'time', 'clock', 'server'],
  ...['timeball', 'my', 'the', 'is', 'a', 'your', 'pass', 'word', 'abc', 'abcdefghijkl', 'abcdefghijklmnop'],
];
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  $: 's',
  '@': 'a',
};

/** What is wrong with the name and what to use, or ''. */
export function nameFlaw(name: string): string {
  if (!new RegExp(NAME_PATTERN).test(name))
    return 'is not a user name: use a letter, then up to 31 letters, digits, dots, hyphens and underscores';
  return TAKEN.includes(name.toLowerCase()) ? `${name} is a name of the appliance's own: use another` : '';
}

/** What is wrong with the password and what to use, or ''. `name`: whose it is. */
export function passwordFlaw(password: string, name: string): string {
  const length = [...password].length;
  const { minimum, maximum } = PASSWORD_LENGTH;
  if (length < minimum) return `is too short: use ${minimum} characters or more, for instance four words`;
  if (length > maximum) return `is too long: use ${maximum} characters or fewer`;
  if (new Set(password).size < 5) return 'repeats a few characters: use more different ones';
  if (isRow(password)) return 'is a row of neighbouring characters: use something that is not';
  return isCommon(password, name) ? 'is one of the first that attackers try: use something else' : '';
}

/** `123456789012`, `abcdefghijkl`, `987654321098`. */
function isRow(password: string): boolean {
  const codes = [...password].map((letter) => letter.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, i) => code - (codes[i] ?? 0));
  const rising = steps.filter((step) => step === 1 || step === -9).length;
  const falling = steps.filter((step) => step === -1 || step === 9).length;
  return Math.max(rising, falling) >= steps.length - 1;
}

/** Whether nothing is left of it without common words, the user's name, digits and punctuation. */
function isCommon(password: string, name: string): boolean {
  const lower = password.toLowerCase();
  const bare = lower.replace(/^[^\p{L}$@]+|[^\p{L}]+$/gu, '');
  const read = bare.replace(/[01345$@]/g, (letter) => LEET[letter] ?? letter);
  const words = [...COMMON, name.toLowerCase()].sort((a, b) => b.length - a.length);
  return [lower, read].some((text) => {
    const letters = text.replace(/[^\p{L}]/gu, '');
    return letters !== '' && words.reduce((left, word) => left.replaceAll(word, ''), letters) === '';
  });
}
