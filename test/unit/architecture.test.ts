/** Each room imports only what the plan's arrows let it import. */
import { expect, it } from 'vitest';
import { sourceOf, sourcesIn, type Source } from './architecture/source';

const SHARED_ROOMS = [
  'route',
  'meter',
  'privacy',
  'store',
  'weights',
  'engine',
  'turn',
  'offline',
  'archive',
  'device',
  'kernel',
];

/** What each room (a folder of src) and each door (a file directly in src) may import beside itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  main: ['app', 'ui'],
  widget: ['app', 'ui'],
  sdk: ['app'],
  sw: [],
  app: SHARED_ROOMS,
  ui: ['turn', 'meter', 'privacy', 'kernel'],
  turn: ['route', 'meter', 'privacy', 'kernel'],
  route: ['kernel'],
  meter: ['kernel'],
  privacy: ['kernel'],
  store: ['kernel'],
  weights: ['kernel'],
  offline: ['kernel'],
  archive: ['kernel', 'store'],
  device: ['kernel'],
  engine: ['kernel', 'weights'],
  server: ['kernel', 'meter'],
  kernel: [],
};

/** Programs that made something once, and now lie beside it. */
const ONE_SHOT_TOOLS = ['engine/local/starter/', 'route/fit/'];

const sources = sourcesIn('src');

it('every file belongs to a room or is a door', () => {
  expect(sources.flatMap(homelessIn)).toEqual([]);
});

it('every import follows an arrow', () => {
  expect(sources.flatMap(wrongArrowsIn)).toEqual([]);
});

it('every import says what it imports', () => {
  expect(sources.flatMap(computedImportsIn)).toEqual([]);
});

it('the kernel imports no room, and of packages only valibot', () => {
  const targets = sources.filter(({ path }) => path.startsWith('kernel/')).flatMap(({ imports }) => imports);
  expect(targets.length).toBeGreaterThan(0);
  expect(targets.filter(({ target }) => !/^(kernel\/|valibot$)/.test(target ?? ''))).toEqual([]);
});

it('the service worker imports Workbox only', () => {
  const targets = sources.filter(({ path }) => path === 'sw.ts').flatMap(({ imports }) => imports);
  expect(targets.length).toBeGreaterThan(0);
  expect(targets.filter(({ target }) => !target?.startsWith('workbox-'))).toEqual([]);
});

it('nothing imports a one-shot tool', () => {
  expect(sources.flatMap(toolImportsIn)).toEqual([]);
});

it('no imports go round in a circle between files, types aside', () => {
  expect(circlesIn(sources)).toEqual([]);
});

it.each([
  ['ui/chat-page.ts', "import { a } from '../store/draft';", 'ui/chat-page.ts imports store/draft'],
  ['ui/chat-page.ts', "import type { A } from '../engine/ladder';", 'ui/chat-page.ts imports engine/ladder'],
  ['turn/turn.ts', "const a = import('../engine/ladder');", 'turn/turn.ts imports engine/ladder'],
  ['kernel/fault.ts', "export * from '../meter/price';", 'kernel/fault.ts imports meter/price'],
  ['app.ts', "import './ui/chat-page';", 'app.ts imports ui/chat-page'],
  ['app.ts', "import './server/app';", 'app.ts imports server/app'],
  ['sw.ts', "import './kernel/fault';", 'sw.ts imports kernel/fault'],
  ['main.ts', "import './kernel/fault';", 'main.ts imports kernel/fault'],
  ['ui/chat-page.ts', "import '../app';", 'ui/chat-page.ts imports app'],
  ['ui/chat-page.ts', "import '../../test/fakes/hub';", 'ui/chat-page.ts imports ../test/fakes/hub'],
  ['ui/chat-page.ts', "import '/public/icon.svg';", 'ui/chat-page.ts imports ../public/icon.svg'],
])('in %s, %s is found to be wrong', (path, text, violation) => {
  expect(wrongArrowsIn(sourceOf(path, text))).toEqual([violation]);
});

it('a room or a door that is not in the plan is found', () => {
  expect(homelessIn(sourceOf('shared/words.ts', ''))).toEqual(['shared/words.ts is in no room of the plan']);
  expect(homelessIn(sourceOf('words.ts', ''))).toEqual(['words.ts is in no room of the plan']);
});

it('a computed import is found', () => {
  const source = sourceOf('ui/a.ts', 'const a = (path: string) => import(path);');
  expect(computedImportsIn(source)).toEqual(['ui/a.ts imports something computed']);
});

it('an import of a one-shot tool is found, among its own files not', () => {
  const text = "import './starter/train';";
  expect(toolImportsIn(sourceOf('engine/local/models.ts', text))).toHaveLength(1);
  expect(toolImportsIn(sourceOf('engine/local/starter/main.ts', "import './train';"))).toEqual([]);
});

it('a circle is found, one of types is not', () => {
  const back = sourceOf('turn/b.ts', "import './c';");
  const last = sourceOf('turn/c.ts', "import './a';");
  const circle = circlesIn([sourceOf('turn/a.ts', "import './b';"), back, last]);
  expect(circle).toContain('turn/a → turn/b → turn/c → turn/a');
  expect(circlesIn([sourceOf('turn/a.ts', "import type { B } from './b';"), back, last])).toEqual([]);
});

function homelessIn({ path }: Source): string[] {
  return roomOf(path) in ARROWS ? [] : [`${path} is in no room of the plan`];
}

function wrongArrowsIn({ path, imports }: Source): string[] {
  const from = roomOf(path);
  return imports
    .filter(({ isPackage, target }) => !isPackage && target !== undefined)
    .filter(({ target }) => {
      const to = roomOf(target!);
      return to !== from && !ARROWS[from]?.includes(to);
    })
    .map(({ target }) => `${path} imports ${target}`);
}

function computedImportsIn({ path, imports }: Source): string[] {
  return imports.filter(({ target }) => target === undefined).map(() => `${path} imports something computed`);
}

function toolImportsIn({ path, imports }: Source): string[] {
  return imports
    .map(({ target }) => target ?? '')
    .filter((target) =>
      ONE_SHOT_TOOLS.some((folder) => target.startsWith(folder) && !path.startsWith(folder)),
    )
    .map((target) => `${path} imports ${target}`);
}

function circlesIn(all: readonly Source[]): string[] {
  const edges = new Map(all.map(({ path, imports }) => [path.replace(/\.ts$/, ''), staticTargets(imports)]));
  const circles = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) circles.add([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const target of edges.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return [...circles];
}

function staticTargets(imports: Source['imports']): string[] {
  return imports.flatMap(({ kind, target, isPackage }) =>
    kind === 'static' && target && !isPackage ? [target] : [],
  );
}

/** `kernel` for `kernel/fault.ts`, `app` for `app.ts`; `..` for what lies outside of src. */
function roomOf(path: string): string {
  return (path.split('/')[0] ?? '').replace(/(?<=\w)\.ts$/, '');
}
