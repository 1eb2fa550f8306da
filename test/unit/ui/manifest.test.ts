/** The Custom Elements Manifest says what the widget is: no more, no less. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { ROOT, sourcesIn } from '../architecture/source';

interface Named {
  readonly name: string;
}
interface Declaration extends Named {
  readonly tagName?: string;
  readonly attributes?: readonly Named[];
  readonly cssProperties?: readonly Named[];
  readonly cssParts?: readonly Named[];
  readonly events?: readonly Named[];
  readonly members?: readonly (Named & { kind: string; privacy?: string })[];
  readonly slots?: readonly Named[];
}

const manifest = readFileSync(join(ROOT, packageJson.customElements), 'utf8');
const widget = declarationIn(manifest);
const uiText = sourcesIn('src/ui')
  .map(({ text }) => text)
  .join('\n');

it('it is what the analyzer makes of the source today: `npm run manifest`', () => {
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.manifest-'));
  try {
    const [, ...args] = packageJson.scripts.manifest.split(' ');
    const cem = join(ROOT, 'node_modules', '@custom-elements-manifest', 'analyzer', 'cem.js');
    execFileSync(process.execPath, [cem, ...args, '--outdir', relative(ROOT, folder)], { cwd: ROOT });
    expect(readFileSync(join(folder, 'custom-elements.json'), 'utf8')).toBe(manifest);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

it('it names every custom property that is read, and none that is not', () => {
  const read = new Set(uiText.match(/(?<=var\()--smallfirst-[\w-]+/g));
  expect(namesOf(widget.cssProperties)).toEqual([...read].sort());
});

it('it names every part and every slot that is there', () => {
  expect(namesOf(widget.slots)).toEqual(['header', 'launcher']);
  for (const part of namesOf(widget.cssParts))
    expect(uiText).toMatch(new RegExp(`part(=|: )["']${part}["']`));
});

it('it names the events and the methods that the README promises', () => {
  expect(namesOf(widget.events)).toEqual([
    'clear-messages',
    'error',
    'message',
    'place-change',
    'render',
    'sentiment',
  ]);
  const methods = widget.members?.filter(({ kind, privacy }) => kind === 'method' && privacy !== 'private');
  expect(namesOf(methods)).toEqual(
    expect.arrayContaining(['clearMessages', 'close', 'focusInput', 'getMessages', 'submitUserMessage']),
  );
});

function declarationIn(text: string): Declaration {
  const { modules } = JSON.parse(text) as { modules: { declarations: Declaration[] }[] };
  const found = modules
    .flatMap(({ declarations }) => declarations)
    .find(({ tagName }) => tagName === 'smallfirst-chat');
  if (!found) throw new Error('The manifest has no smallfirst-chat.');
  return found;
}

function namesOf(named: readonly Named[] = []): string[] {
  return named.map(({ name }) => name).sort();
}
