/** Draws dialogues from all skills and puts them in the form that is trained on. */
import type { Chance } from './chance';
import type { Dialogue, Exchange, Skill } from './dialogue';
import { isHeldOutQuestion } from './held-out-question';
import { writeHandOver } from './hand-over-line';
import { addNoise } from './noise';
import { SKILLS } from './skill-list';

/** One example: the model learns to go on from `prompt` with `answer`. */
export interface TrainingLine {
  readonly skill: string;
  /** Role and text of each message; the last one is the user's. A system message is the name of a task. */
  readonly prompt: readonly (readonly ['system' | 'user' | 'assistant', string])[];
  readonly scratch: string;
  readonly answer: string;
  readonly handOver: boolean;
}

/** How many chats go on from others on other subjects: the model must read past what was before. */
const CONTINUED_SHARE = 0.15;
export function* writeLines(chance: Chance, count: number): Generator<TrainingLine> {
  for (let written = 0; written < count;) {
    const line = writeLine(chance);
    if (line.prompt.some(([role, text]) => role === 'user' && isHeldOutQuestion(text))) continue;
    written++;
    yield line;
  }
}

function writeLine(chance: Chance): TrainingLine {
  const skill = drawSkill(chance);
  const dialogue = skill.write(chance);
  const last = dialogue.exchanges.at(-1) as Exchange;
  return {
    skill: skill.name,
    prompt: [...openingOf(dialogue, chance), ['user', addNoise(last.user, chance)]],
    scratch: last.scratch ?? '',
    answer: answerOf(last, chance),
    handOver: last.isHandOver === true,
  };
}

function openingOf(dialogue: Dialogue, chance: Chance): TrainingLine['prompt'] {
  if (dialogue.task) return [['system', dialogue.task]];
  const earlier = dialogue.exchanges.slice(0, -1);
  while (chance.is(CONTINUED_SHARE)) {
    const other = drawSkill(chance).write(chance);
    if (!other.task) earlier.unshift(...other.exchanges);
  }
  return earlier.flatMap((exchange): TrainingLine['prompt'] => [
    ['user', addNoise(exchange.user, chance)],
    ['assistant', answerOf(exchange, chance)],
  ]);
}

function answerOf({ answer, isHandOver }: Exchange, chance: Chance): string {
  return answer === '' && isHandOver ? writeHandOver(chance) : answer;
}

const totalWeight = SKILLS.reduce((sum, { weight }) => sum + weight, 0);

function drawSkill(chance: Chance): Skill {
  let left = chance.random() * totalWeight;
  for (const skill of SKILLS) {
    left -= skill.weight;
    if (left < 0) return skill;
  }
  return SKILLS[0] as Skill;
}
