/** Finds what may be a person's name: by a lexicon, by the words before it, and by capitals in the middle of a sentence. */
import nlp from 'compromise';

const WORD = String.raw`\p{Lu}[\p{L}'’-]+`;
const FULL = `${WORD}(?: (?:(?:van|von|de|da|di|del|der|la|le|bin|al|el|ter|dos|das) ){0,2}${WORD}){0,3}`;
/** A name follows, in whatever case. */
const INTRODUCED =
  /\b(?:my name is|i am called|name's|ich heiße|je m'appelle|me llamo|mi chiamo|meu nome é|nazywam się|ik heet)\s+([\p{L}'’-]{2,}(?:\s+\p{Lu}[\p{L}'’-]+){0,3})/giu;
const CUED = new RegExp(
  String.raw`(?:^|[^\p{L}])(?:[Mm](?:r|rs|s|x|iss)\.?|[Dd]r\.?|[Pp]rof\.?|[Ss]ir|[Mm]adam|[Hh]errn?|[Ff]rau|[Mm]onsieur|[Mm]adame|[Ss]eñora?|[Ss]r[a]?\.?|[Ss]ignora?|[Pp]an[i]?|[Dd]ear|[Hh]i|[Hh]ello|[Hh]ey|[Ll]iebe[r]?|[Cc]her|[Cc]hère|[Ee]stimad[oa]|[Qq]uerid[oa]|[Rr]egards,?|[Cc]heers,?|[Ss]incerely,?|[Ll]ove,?|[Gg]rüße,?|[Gg]reet|[Tt]ell|[Aa]sk|[Mm]eet|[Tt]hank|(?:my|our|his|her|their) (?:wife|husband|son|daughter|brother|sister|mother|father|mom|mum|dad|boss|colleague|friend|neighbou?r|landlord|doctor|teacher|manager|client|customer|partner|boyfriend|girlfriend|cousin|uncle|aunt|grand\p{Ll}+|coworker|roommate|patient|lawyer|ex|fiancée?)|with|from|by|and|for|to|named|called|signed)\s+(${FULL})`,
  'gu',
);
/** Two capitals in a row in the middle of a sentence. */
const CAPITALS = new RegExp(String.raw`(?<=[\p{Ll},;:] )${WORD}(?: ${WORD}){1,2}`, 'gu');
/** Capitals that are no people. */
const NO_NAME =
  /^(?:I|The|A|An|My|Your|This|That|It|He|She|We|They|You|What|How|Why|When|Where|Who|Is|Are|Do|Does|Can|Could|Will|Would|Please|Thanks|There|Sir|Madam|Team|All|Everyone|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|English|French|German|Spanish|Italian|Python|Java|JavaScript|Excel|Google|Microsoft|Apple|Amazon|Facebook|Windows|Linux|God|Christmas|Easter|Internet|Earth|Mars|Europe|Asia|Africa|America)$/u;

/** In the order of the text, each once. */
export function findNames(text: string): string[] {
  const found = new Map<string, number>();
  const add = (name: string, at: number) => {
    const trimmed = name.replace(/^[^\p{L}]+|[^\p{L}]+$|['’]s$/gu, '');
    if (trimmed.length < 2 || trimmed.split(/\s+/).every((word) => NO_NAME.test(word))) return;
    if (!found.has(trimmed)) found.set(trimmed, at);
  };
  const document = nlp(text);
  for (const { text: name, offset } of document.people().json({ offset: true }) as Person[]) {
    add(name.replace(/^(?:mr|mrs|ms|dr|prof|herrn?|frau)\.? /i, ''), offset?.start ?? 0);
  }
  for (const { 1: name = '', index } of text.matchAll(INTRODUCED)) add(name, index);
  const others = new Set(
    (document.match('(#Place|#Organization|#Date)').json() as Person[]).flatMap(({ text: other }) =>
      other.split(/[^\p{L}'’-]+/u),
    ),
  );
  for (const pattern of [CUED, CAPITALS]) {
    for (const match of text.matchAll(pattern)) {
      const name = match[1] ?? match[0];
      if (!others.has(name.split(' ')[0] ?? '')) add(name, match.index);
    }
  }
  const names = [...found.keys()];
  // Part of a longer one, that never stands alone: the longer one is enough.
  return names
    .filter((name) => !names.some((other) => other !== name && isPartOnly(name, other, text)))
    .toSorted((a, b) => (found.get(a) ?? 0) - (found.get(b) ?? 0));
}

interface Person {
  readonly text: string;
  readonly offset?: { readonly start: number };
}

function isPartOnly(name: string, longer: string, text: string): boolean {
  return longer.includes(name) && !text.replaceAll(longer, '').includes(name);
}
