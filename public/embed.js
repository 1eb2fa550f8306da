/** The page on which a site owner tries the widget: settings become a tag, shown as it will look and as text to copy. */
const WIDGET_URL = new URL('widget.js', import.meta.url).href;
const DEFAULTS = {
  mode: 'prefer_on_device',
  theme: 'auto',
  layout: 'floating',
  accent: '#1d6b47',
  radius: '18',
};

const byId = (id) => document.getElementById(id);
const form = byId('settings');
const stage = byId('stage');
const tabs = [...document.querySelectorAll('[role=tab]')];

/** What is to be said of each kind of site, and the text to copy. */
const RECIPES = {
  'tab-html': {
    where: 'Anywhere in the body of the page.',
    textOf: (settings) => `<script type="module" src="${WIDGET_URL}"></script>\n${tagOf(settings)}`,
  },
  'tab-react': {
    where: 'React 19 knows custom elements as they are: events are properties that begin with “on”.',
    textOf: (settings) => `import { useEffect } from 'react';

export function SiteChat() {
  useEffect(() => {
    void import(/* @vite-ignore */ '${WIDGET_URL}');
  }, []);
  return (
    ${reactTagOf(settings)}
  );
}`,
  },
  'tab-wordpress': {
    where: 'In the functions.php of a child theme, or in a plugin for snippets.',
    textOf: (settings) => `add_action('wp_footer', function () { ?>
<script type="module" src="${WIDGET_URL}"></script>
${tagOf(settings)}
<?php });`,
  },
  'tab-shop': {
    where:
      'Shops that take one script tag and no HTML (a tag manager, a field for tracking code): the script makes the tag.',
    textOf: (settings) => `<script type="module">
  import '${WIDGET_URL}';
  const chat = document.createElement('smallfirst-chat');
${attributesOf(settings)
  .map(
    ([name, value]) =>
      `  chat.setAttribute('${name}', ${JSON.stringify(value).replaceAll('<', '\\u003c')});\n`,
  )
  .join(
    '',
  )}${settings.title ? `  chat.innerHTML = ${JSON.stringify(titleOf(settings)).replaceAll('</', '<\\/')};\n` : ''}  document.body.append(chat);
</script>`,
  },
};

form.addEventListener('input', show);
form.addEventListener('submit', (event) => event.preventDefault());
byId('ours').addEventListener('click', () => {
  form.elements['accent'].value = DEFAULTS.accent;
  show();
});
for (const tab of tabs) tab.addEventListener('click', () => select(tab));
document.querySelector('[role=tablist]').addEventListener('keydown', ({ key }) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (step === undefined) return;
  const at = tabs.findIndex((tab) => tab.getAttribute('aria-selected') === 'true');
  const next = tabs[(at + step + tabs.length) % tabs.length];
  select(next);
  next.focus();
});
byId('copy').addEventListener('click', () => void copy());
show();

/** One element for as long as the page lives: its settings change, its chat goes on. */
function show() {
  const settings = Object.fromEntries(new FormData(form));
  let chat = document.querySelector('smallfirst-chat');
  if (!chat) {
    chat = document.createElement('smallfirst-chat');
    stage.append(chat);
  }
  for (const name of ['server', 'mode', 'model', 'greeting', 'theme', 'layout', 'style']) {
    const value = Object.fromEntries(attributesOf(settings))[name];
    if (name === 'style') {
      for (const property of ['--smallfirst-accent', '--smallfirst-radius'])
        chat.style.removeProperty(property);
      for (const [property, own] of lookOf(settings)) chat.style.setProperty(property, own);
    } else if (value === undefined) chat.removeAttribute(name);
    else if (chat.getAttribute(name) !== value) chat.setAttribute(name, value);
  }
  const title = document.createElement('span');
  title.slot = 'header';
  title.textContent = settings.title;
  chat.replaceChildren(...(settings.title ? [title] : []));
  const isFloating = settings.layout === 'floating';
  stage.classList.toggle('floating', isFloating);
  stage.dataset.layout = settings.layout;
  const tab = tabs.find((one) => one.getAttribute('aria-selected') === 'true');
  const { where, textOf } = RECIPES[tab.id];
  byId('where').textContent = where;
  byId('text').textContent = textOf(settings);
  const { origin } = new URL(WIDGET_URL);
  const server =
    settings.server && URL.canParse(settings.server) ? ` ${new URL(settings.server).origin}` : '';
  byId('policy').textContent =
    `script-src ${origin} 'wasm-unsafe-eval'; worker-src blob:; connect-src ${origin}${server} blob:`;
}

async function copy() {
  await navigator.clipboard.writeText(byId('text').textContent);
  byId('copied').textContent = 'Copied';
  setTimeout(() => (byId('copied').textContent = ''), 2_000);
}

function select(tab) {
  for (const one of tabs) {
    one.setAttribute('aria-selected', String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
  }
  byId('code').setAttribute('aria-labelledby', tab.id);
  show();
}

/** Those that are not as they would be anyway. */
function attributesOf(settings) {
  const plain = ['layout', 'mode', 'theme', 'greeting', 'server', 'model']
    .filter((name) => settings[name] && settings[name] !== DEFAULTS[name])
    .filter((name) => name !== 'server' || URL.canParse(settings.server))
    .map((name) => [name, settings[name]]);
  const look = lookOf(settings).map(([property, value]) => `${property}: ${value}`);
  return look.length > 0 ? [...plain, ['style', look.join('; ')]] : plain;
}

function lookOf({ accent, radius }) {
  const look = [];
  if (accent !== DEFAULTS.accent) {
    look.push(
      ['--smallfirst-accent', accent],
      ['--smallfirst-on-accent', isLight(accent) ? '#000000' : '#ffffff'],
    );
  }
  if (radius !== DEFAULTS.radius) look.push(['--smallfirst-radius', `${radius}px`]);
  return look;
}

function tagOf(settings) {
  const attributes = attributesOf(settings).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  return `<smallfirst-chat${attributes.join('')}>${titleOf(settings)}</smallfirst-chat>`;
}

function reactTagOf(settings) {
  const attributes = attributesOf(settings).map(([name, value]) =>
    name === 'style'
      ? ` style={{ ${lookOf(settings)
          .map(([property, own]) => `'${property}': '${own}'`)
          .join(', ')} }}`
      : ` ${name}={${JSON.stringify(value)}}`,
  );
  const title = settings.title ? `<span slot="header">{${JSON.stringify(settings.title)}}</span>` : '';
  return `<smallfirst-chat${attributes.join('')}>${title}</smallfirst-chat>`;
}

function titleOf({ title }) {
  return title ? `<span slot="header">${escaped(title)}</span>` : '';
}

function escaped(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** By the luminance of WCAG 2: on a light colour dark text reads better. */
function isLight(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18;
}
