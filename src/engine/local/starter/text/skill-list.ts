/** All that the starter learns. */
import type { Skill } from './dialogue';
import { aboutApp } from './skills/about-app';
import { add, multiply, subtract } from './skills/arithmetic';
import { calendar } from './skills/calendar';
import { conversion } from './skills/conversion';
import { capitals, computing, countries, culture, elements, nature, planets } from './skills/fact';
import { handOver } from './skills/hand-over';
import { percent } from './skills/percent';
import { sentimentSkill } from './skills/sentiment';
import { smallTalk } from './skills/small-talk';
import { titleSkill } from './skills/title';
import { antonymSkill, pastTenseSkill, pluralSkill } from './skills/word-form';

export const SKILLS: readonly Skill[] = [
  add,
  subtract,
  multiply,
  percent,
  conversion,
  calendar,
  capitals,
  countries,
  planets,
  elements,
  nature,
  culture,
  computing,
  aboutApp,
  smallTalk,
  pluralSkill,
  pastTenseSkill,
  antonymSkill,
  titleSkill,
  sentimentSkill,
  handOver,
];
