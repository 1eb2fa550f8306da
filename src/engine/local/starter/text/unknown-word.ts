/** Makes up words, names, places and products from syllables, so that any unseen word can stand for "not known". */
import type { Chance } from './chance';
import { readTable } from './data-file';

/** How the words of one invented tongue sound. */
interface Tongue {
  readonly onsets: readonly string[];
  readonly vowels: readonly string[];
  readonly codas: readonly string[];
  readonly endings: readonly string[];
}

const TONGUES: readonly Tongue[] = [
  tongue(
    'b c d f g l m n p r s t v br cl cr dr fl gr pr tr',
    'a e i o u ia io',
    '- - - n r s l',
    'a o um us ia io ella ina ora anto eno',
  ),
  tongue(
    'b d f g h k l m n r s t w z bl br dr fr gr kl kr schl schm schw sp st str',
    'a e i o u au ei ie',
    'ch ck ff ll mm n ng nn r rt st tz - -',
    'en er heim berg stein el ling feld dorf mann',
  ),
  tongue(
    'b d g k l m n p r s t v z br dr gr kr pl pr sl st tr vl zd zv',
    'a e i o u y',
    '- - k l n r sk v',
    'ov ova ski ic ek ko nik grad ina enko ets',
  ),
  tongue(
    'k s t n h m r y w g z d b sh ch ts ky ry',
    'a i u e o ai ou',
    '- - - - n',
    'ka ko mi ra shi to ri ya no moto zu kawa mura',
  ),
  tongue('h k l m n p w v t f', 'a e i o u ai au ei ua', '- - - -', 'a i lu nui la ka moa kea hoa tau'),
  tongue(
    'b d g k m n t z mb nd ng nk nt ny kw bw sw',
    'a e i o u',
    '- - - m n',
    'a i u o ana ela embe wa zi bu',
  ),
  tongue(
    'b bl br ch cl cr d dr f fl g gl gr h j k l m n p ph pl qu r s sc sk sl sn sp spl squ st sw t th thr tr tw v w wh z',
    'a e i o u oo ee ai ou ea',
    'b ck d dd ff g gg ll m mp n nd ng nk nt p pp rb rd rf rg rk rm rp rt sh sk sp st t tt x zz',
    'le er y et ish ock um in ing on le er y',
  ),
  tongue(
    'b d f g j l m n p r s t v bl ch cl fl gr pl tr',
    'a e i o u eau oi ou ai au',
    '- - - n r s l',
    'eau elle ette ier ois ard ine oux on eur ande',
  ),
  tongue(
    'b c d g h k l m n r s t v y z',
    'a e i o u ö ü',
    'k l m n r s t z - -',
    'lar lik an oglu dag in er maz isa',
  ),
  tongue(
    'x z v k q th dr gl kr xr vr zh sk',
    'a e i o u ae uu y',
    'x k l n r th z rr - -',
    'ax ix on oth ar us yr ion een',
  ),
  tongue(
    'b d f g h j k l m n q r s t w z al kh sh',
    'a i u aa ee',
    'b d f h l m n r s - -',
    'ah i an un eh ir aya oud',
  ),
  tongue(
    'b bl ch d f g h j k l m n p s sh t x y z zh ch',
    'a e i o u ao ia ie ua uo',
    '- - n ng',
    'ang eng ing ong an in un ao ei ai',
  ),
];

const FIRST_NAMES =
  'Anna Bob Carla David Elena Frank Grace Hans Ines John Kate Liam Maria Nina Oscar Peter Rosa Sam Tina Victor Wendy Yusuf Zoe Amir Priya Kenji Olga Pablo Ingrid Kwame Mei Luca'.split(
    ' ',
  );
const LAST_NAME_STARTS =
  'Black Ash White Hart Wood Green Stone Ever Whit Fen Thorn Hale Mar Pem Brack Win'.split(' ');
const LAST_NAME_ENDS = 'more well ford ley worth by ridge combe wick ton field hurst smith bottom'.split(' ');
const NAME_TITLES = 'dr professor king queen saint captain emperor lord president general sir mrs mr'.split(
  ' ',
);
const PLACE_ENDINGS =
  'ia land stan burg ville ton ford shire grad port opolis mark wick bad haven mouth dale field istan onia any ova'.split(
    ' ',
  );
const PLACE_STARTS = [
  'New',
  'North',
  'South',
  'West',
  'East',
  'Upper',
  'Lower',
  'San',
  'Saint',
  'Port',
  'Mount',
  'Lake',
];
const PRODUCT_ENDINGS =
  'ify ly io base hub flow matic tron ex soft gen scan pad pod kit mate lab sync zilla'.split(' ');
const PRODUCT_TAILS = [
  'Pro',
  'Max',
  'Plus',
  'Mini',
  'X',
  '2',
  '3',
  '9',
  '3000',
  '500',
  'Air',
  'SE',
  'Cloud',
  'Lite',
  'GT',
  'Ultra',
  'One',
];
const NOUN_ENDINGS =
  'oid ium itis ism ology ator ine ite osis ment ness scope meter phone graph fish bird wort fruit'.split(
    ' ',
  );

/** Real words a made-up one must not happen to be. */
const KNOWN_WORDS = new Set(
  readTable('hand-over-known-words.txt', 2).flatMap(([, words]) => (words ?? '').toLowerCase().split(/\s+/)),
);

/** A made-up word in lower case, of any tongue. */
export function writeUnknownWord(chance: Chance): string {
  return avoidKnown(chance, () => writeSyllables(chance, chance.pick(TONGUES)));
}

/** A made-up common noun, like "snorble" or "kreptoid". */
export function writeUnknownNoun(chance: Chance): string {
  return avoidKnown(chance, () => {
    if (chance.is(0.3)) return writeSyllables(chance, chance.pick(TONGUES), 1) + chance.pick(NOUN_ENDINGS);
    return writeSyllables(chance, chance.is(0.7) ? (TONGUES[6] as Tongue) : chance.pick(TONGUES));
  });
}

/** A person nobody knows: a made-up last name, often behind a real first name or a title. */
export function writeUnknownName(chance: Chance): string {
  const last = chance.is(0.25)
    ? chance.pick(LAST_NAME_STARTS) + chance.pick(LAST_NAME_ENDS)
    : capitalise(writeUnknownWord(chance));
  const kind = chance.random();
  if (kind < 0.15) return last;
  if (kind < 0.25) return `${chance.pick(NAME_TITLES)} ${last}`;
  if (kind < 0.45) return `${capitalise(writeUnknownWord(chance))} ${last}`;
  return `${chance.pick(FIRST_NAMES)} ${last}`;
}

/** A country, town, lake or mountain that does not exist. */
export function writeUnknownPlace(chance: Chance): string {
  const name = avoidKnown(chance, () => {
    const stem = writeSyllables(chance, chance.pick(TONGUES), chance.int(1, 2));
    return chance.is(0.5) ? stem.replace(/[aeiouyöü]+$/, '') + chance.pick(PLACE_ENDINGS) : stem;
  });
  if (name.length < 3 || chance.is(0.15)) return `${chance.pick(PLACE_STARTS)} ${capitalise(name)}`;
  return capitalise(name);
}

/** A brand, device, program or library that does not exist. */
export function writeUnknownProduct(chance: Chance): string {
  const stem = avoidKnown(chance, () => {
    const start = writeSyllables(chance, chance.pick(TONGUES), chance.int(1, 2));
    return chance.is(0.5) ? start + chance.pick(PRODUCT_ENDINGS) : start;
  });
  return chance.is(0.4) ? `${capitalise(stem)} ${chance.pick(PRODUCT_TAILS)}` : capitalise(stem);
}

function tongue(onsets: string, vowels: string, codas: string, endings: string): Tongue {
  const split = (text: string): string[] => text.split(' ').map((part) => (part === '-' ? '' : part));
  return { onsets: split(onsets), vowels: split(vowels), codas: split(codas), endings: split(endings) };
}

function writeSyllables(
  chance: Chance,
  { onsets, vowels, codas, endings }: Tongue,
  count = chance.int(1, 3),
): string {
  let word = '';
  for (let index = 0; index < count; index++) {
    word += chance.pick(onsets) + chance.pick(vowels);
    if (index === count - 1 || chance.is(0.3)) word += chance.pick(codas);
  }
  if (!chance.is(0.55)) return word;
  const ending = chance.pick(endings);
  return (/^[aeiouy]/.test(ending) ? word.replace(/[aeiouyöü]+$/, '') : word) + ending;
}

function avoidKnown(chance: Chance, write: () => string): string {
  let word = write();
  while (word.length < 4 || word.length > 14 || KNOWN_WORDS.has(word)) word = write();
  return chance.is(0.9) ? word.replaceAll('ö', 'o').replaceAll('ü', 'u') : word;
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
