/** Prints examples of what a skill writes, for a reader: `tsx show.ts SKILL [COUNT] [SEED]`. */
import { createChance } from './chance';
import { SKILLS } from './skill-list';

const [name = '', count = '20', seed = '1'] = process.argv.slice(2);
const skill = SKILLS.find((known) => known.name === name);
if (!skill) throw new Error(`Known skills: ${SKILLS.map((known) => known.name).join(', ')}`);
const chance = createChance(Number(seed));
for (let index = 0; index < Number(count); index++) {
  const { task, exchanges } = skill.write(chance);
  for (const { user, answer, scratch, isHandOver } of exchanges) {
    const hidden = isHandOver ? '<hand over> ' : scratch ? `<${scratch}> ` : '';
    console.log(`${task ? `[${task}] ` : ''}${user}\n    -> ${hidden}${answer}`);
  }
}
